"""Manifests: from what templates rendered to the documents of a release, and back from a record.

``split`` is what an install or upgrade needs, ``stored_text`` and ``documents`` write and read a
record's manifest; the coarser cut that ``helm template`` prints is in ``chunks``.
Source of the rules: Helm 2.17's behaviour.
"""

from __future__ import annotations

from typing import NamedTuple

from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.record import field, record
from helmpy.release.chunks import NOTES_FILE, SOURCE, trimmed
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import Hook, is_hook, parse_hook, passed_over
from helmpy.release.order import INSTALL_ORDER, UNINSTALL_ORDER, kind_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


__all__ = [
    "INSTALL_ORDER",
    "UNINSTALL_ORDER",
    "Manifest",
    "ManifestError",
    "Split",
    "documents",
    "notes",
    "parse",
    "rendered_text",
    "sort_manifests",
    "split",
    "split_documents",
    "stored_text",
]

RESOURCE_POLICY_ANNOTATION = "helm.sh/resource-policy"

_PATTERN_SPACE = frozenset("\t\n\f\r ")


class ManifestError(ReleaseError):
    """A rendered document is not YAML, or its head is not an object's.

    ``path`` is the template that rendered it; ``line`` (from 1) is the fault's, in all that the
    template rendered, 0 where no line is to blame.
    """

    def __init__(self, message: str, path: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.path = path
        self.line = line


@record(frozen=True, slots=True)
class Manifest:
    """One YAML document: ``path`` is the template it came from, ``content`` its exact text."""

    path: str
    content: str
    kind: str = ""
    name: str = ""
    api_version: str = ""
    namespace: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether deletion spares the object: a resource policy of any value but ``delete``."""
        policy = self.annotations.get(RESOURCE_POLICY_ANNOTATION)
        return policy is not None and policy.strip().lower() != "delete"


class Split(NamedTuple):
    """What a rendered chart consists of; ``manifests`` stand in the order of installation.

    ``passed_over`` says which documents and annotations of hooks mean nothing, and where they are.
    """

    hooks: tuple[Hook, ...]
    manifests: tuple[Manifest, ...]
    notes: str
    passed_over: tuple[str, ...] = ()


def split(rendered: Mapping[str, str], *, sub_notes: bool = False, v2: bool = False) -> Split:
    """Sort rendered files into hooks, manifests and notes.

    ``rendered`` maps ``web/templates/svc.yaml`` to text; ``sub_notes`` joins the subcharts' notes
    to the chart's own; ``v2`` also knows Helm 3's hook events. Raises ManifestError with the path
    of a document that is not YAML.
    """
    hooks: list[Hook] = []
    manifests: list[Manifest] = []
    remarks: list[str] = []
    for path in sorted(rendered):
        base = path.rsplit("/", 1)[-1]
        if base.startswith("_") or path.endswith(NOTES_FILE):
            continue
        for number, content in enumerate(split_documents(rendered[path])):
            manifest = _parsed(path, content, number, rendered[path])
            if not is_hook(manifest.annotations):
                manifests.append(manifest)
                continue
            hook = parse_hook(
                name=manifest.name,
                kind=manifest.kind,
                path=path,
                manifest=content,
                annotations=manifest.annotations,
                v2=v2,
            )
            if hook is not None:
                hooks.append(hook)
            remarks += [f"{path}: {remark}" for remark in passed_over(manifest.annotations, v2=v2)]
    told = notes(rendered, sub_notes=sub_notes)
    return Split(tuple(hooks), tuple(sort_manifests(manifests)), told, tuple(remarks))


def _parsed(path: str, content: str, number: int, text: str) -> Manifest:
    """Return a document as a manifest: the one of this number, from 0, of a template's whole ``text``."""
    try:
        return parse(path, content)
    except ManifestError as error:
        if error.line:  # what is open at the end is at fault on the last line
            error.line = min(error.line, content.count("\n") + 1) + _lines_before(text, number)
        raise


def _lines_before(text: str, number: int) -> int:
    """Return how many lines stand before a document of a text."""
    start = end = 0
    for content in split_documents(text)[: number + 1]:
        start = text.index(content, end)
        end = start + len(content)
    return text.count("\n", 0, start)


def notes(rendered: Mapping[str, str], *, sub_notes: bool = False) -> str:
    """Return the chart's rendered notes, with ``sub_notes`` those of its subcharts too."""
    joined = ""
    for path in sorted(rendered, key=lambda path: (path.count("/"), path)):
        if path.endswith(NOTES_FILE) and (sub_notes or _is_root_notes(path)):
            joined += ("\n" if joined else "") + rendered[path]
    return joined


def _is_root_notes(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 3 and parts[1:] == ["templates", NOTES_FILE]


def rendered_text(rendered: Mapping[str, str]) -> str:
    """Return every rendered file but the notes as one text, as it is shown beside an error."""
    shown = [path for path in sorted(rendered) if trimmed(rendered[path]) and not path.endswith(NOTES_FILE)]
    return "".join(f"\n---\n{SOURCE}{path}\n{rendered[path]}" for path in shown)


def stored_text(manifests: Iterable[Manifest]) -> str:
    """Return the text that a release's record holds."""
    return "".join(f"\n---\n{SOURCE}{manifest.path}\n{manifest.content}" for manifest in manifests)


def documents(text: str) -> list[Manifest]:
    """Return the documents of a record's manifest in their order; ``path`` from their Source lines."""
    found = []
    for content in split_documents(text):
        first, _, rest = content.partition("\n")
        if first.startswith(SOURCE):
            found.append(parse(first.removeprefix(SOURCE).strip(), rest))
        else:
            found.append(parse("", content))
    return found


def sort_manifests(manifests: Iterable[Manifest], order: tuple[str, ...] = INSTALL_ORDER) -> list[Manifest]:
    """Return manifests by kind, then path; equal ones keep their order."""
    key = kind_key(order)
    return sorted(manifests, key=lambda manifest: key(manifest.kind, manifest.path))


def split_documents(text: str) -> list[str]:
    """Return the YAML documents of a text, trimmed, empty ones left out.

    A line that begins with ``---`` separates, whatever follows on it, also inside a block scalar.
    One separator takes the white space after it, so of two in a row the second is content.
    """
    text = trimmed(text)
    parts = []
    position = _after_separator(text, 3) if text.startswith("---") else 0
    while (found := text.find("\n---", position)) >= 0:
        parts.append(text[position:found])
        position = _after_separator(text, found + 4)
    parts.append(text[position:])
    return [content for part in parts if (content := trimmed(part))]


def _after_separator(text: str, position: int) -> int:
    end = len(text)
    while position < end and text[position] in _PATTERN_SPACE:
        position += 1
    return position


def parse(path: str, content: str) -> Manifest:
    """Read the head of one document: its apiVersion, kind, name, namespace and annotations.

    A document of comments alone is a manifest without a kind. Raises ManifestError.
    """
    try:
        head = _Head(yaml.load(content, ints=True))
    except HelmError as error:
        where = f" on {path}" if path else ""
        line = error.line if isinstance(error, yaml.YamlError) else 0
        raise ManifestError(f"YAML parse error{where}: {error}", path, line) from error
    return Manifest(
        path=path,
        content=content,
        kind=head.kind,
        name=head.name,
        api_version=head.api_version,
        namespace=head.namespace,
        annotations=head.annotations,
    )


class _Head:
    """The few fields of an object that sorting needs, with the types that Go demands of them."""

    __slots__ = ("annotations", "api_version", "kind", "name", "namespace")

    def __init__(self, value: Any) -> None:
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise _wrong(value, "value of type releaseutil.SimpleHead")
        self.api_version = _string(value.get("apiVersion"), "SimpleHead.apiVersion")
        self.kind = _string(value.get("kind"), "SimpleHead.kind")
        metadata = value.get("metadata")
        if metadata is None:
            metadata = {}
        if not isinstance(metadata, dict):
            raise _wrong(metadata, "struct field SimpleHead.metadata of type " + _METADATA)
        annotations = metadata.get("annotations")
        if annotations is None:
            annotations = {}
        if not isinstance(annotations, dict):
            raise _wrong(annotations, "struct field .metadata.annotations of type map[string]string")
        self.annotations = {str(key): _string(item, ".metadata.annotations") for key, item in annotations.items()}
        self.name = _string(metadata.get("name"), ".metadata.name")
        namespace = metadata.get("namespace")
        self.namespace = namespace if isinstance(namespace, str) else ""


_METADATA = r'struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }'


def _string(value: Any, path: str) -> str:
    """A scalar as the text that Go's YAML reader makes of it where a string is wanted."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        from helmpy.gocompat.text import format_float

        return format_float(value, "g", -1)
    raise _wrong(value, f"struct field {path} of type string")


def _wrong(value: Any, target: str) -> ManifestError:
    if isinstance(value, dict):
        found = "object"
    elif isinstance(value, list):
        found = "array"
    elif isinstance(value, bool):
        found = "bool"
    elif isinstance(value, int | float):
        found = "number"
    else:
        found = "string"
    return ManifestError(
        f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go {target}"
    )
