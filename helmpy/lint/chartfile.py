"""Rules about Chart.yaml."""

from __future__ import annotations

from helmpy.chart.metadata import CHARTFILE, parse_metadata
from helmpy.chart.model import Maintainer, Metadata
from helmpy.errors import HelmError, unreadable
from helmpy.gocompat import semver
from helmpy.lint.message import Message, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helmpy.lint.source import Source


ENGINES = ("gotpl", "jinja2")

_SCHEME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.")
_HEX = frozenset("0123456789abcdefABCDEF")
_LOCAL = frozenset("!#$%&'*+-/=?^_`{|}~")


def check(source: Source) -> Iterator[Message]:
    """Yield what is wrong with Chart.yaml."""
    try:
        data = source.read(CHARTFILE)
    except OSError as error:
        if isinstance(error, IsADirectoryError):
            yield _error("should be a file, not a directory")
        yield _error(f"unable to parse YAML\n\t{unreadable(error.filename, error)}")
        return
    try:
        metadata = parse_metadata(data or b"")
    except HelmError as error:
        yield _error(f"unable to parse YAML\n\t{error}")
        return
    for severity, rule in _RULES:
        text = rule(metadata, source.directory)
        if text:
            yield Message(severity, CHARTFILE, text)
    if not metadata.icon:
        yield Message(Severity.INFO, CHARTFILE, "icon is recommended")
    elif not is_url(metadata.icon):
        yield _error(f"invalid icon URL '{metadata.icon}'")


def _error(text: str) -> Message:
    return Message(Severity.ERROR, CHARTFILE, text)


def _name(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - a row of the table of rules
    return "" if metadata.name else "name is required"


def _name_format(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - as above
    bad = "." in metadata.name
    return "name should be lower case letters and numbers. Words may be separated with dashes" if bad else ""


def _directory(metadata: Metadata, directory: str) -> str:
    if not directory or metadata.name == directory:
        return ""
    return f"directory name ({directory}) and chart name ({metadata.name}) must be the same"


def _api_version(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - as above
    version = metadata.api_version
    if not version:
        return "apiVersion is required"
    return "" if version in ("v1", "v2") else f"apiVersion '{version}' is not valid. The value must be \"v1\""


def _version(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - as above
    if not metadata.version:
        return "version is required"
    try:
        semver.Version.parse(metadata.version, 3 if metadata.api_version == "v2" else 2)
    except HelmError:
        return f"version '{metadata.version}' is not a valid SemVer"
    return ""


def _engine(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - as above
    if not metadata.engine or metadata.engine in ENGINES:
        return ""
    return f"engine '{metadata.engine}' not valid. Valid options are [{ENGINES[0]}]"


def _maintainers(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - as above
    return next(filter(None, map(_maintainer, metadata.maintainers)), "")


def _maintainer(person: Maintainer) -> str:
    if not person.name:
        return "each maintainer requires a name"
    if person.email and not is_email(person.email):
        return f"invalid email '{person.email}' for maintainer '{person.name}'"
    if person.url and not is_url(person.url):
        return f"invalid url '{person.url}' for maintainer '{person.name}'"
    return ""


def _sources(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - as above
    bad = next((source for source in metadata.sources if not is_url(source)), None)
    return "" if bad is None else f"invalid source URL '{bad}'"


def _type(metadata: Metadata, directory: str) -> str:  # noqa: ARG001 - as above
    if metadata.type in ("", "application", "library"):
        return ""
    return f"chart type is not valid: {metadata.type}"


_RULES: tuple[tuple[Severity, Callable[[Metadata, str], str]], ...] = (
    (Severity.ERROR, _name),
    (Severity.WARNING, _name_format),
    (Severity.ERROR, _directory),
    (Severity.ERROR, _api_version),
    (Severity.ERROR, _version),
    (Severity.ERROR, _engine),
    (Severity.ERROR, _maintainers),
    (Severity.ERROR, _sources),
    (Severity.ERROR, _type),
)


def is_url(text: str) -> bool:
    """Tell whether Go would request the text: it has a scheme and is well-formed."""
    scheme, colon, rest = text.partition(":")
    if not (colon and scheme and scheme[0].isascii() and scheme[0].isalpha() and _SCHEME.issuperset(scheme)):
        return False
    if any(char < " " or char == "\x7f" for char in text):
        return False
    if not rest.startswith("//"):
        return True
    host, _, path = rest[2:].partition("/")
    host = host.partition("?")[0]
    return _is_host(host) and _is_escaped(path.partition("?")[0])


def _is_host(host: str) -> bool:
    name = host.rpartition("@")[2]
    if name.startswith("["):
        _, bracket, port = name.partition("]")
        if not bracket:
            return False
    else:
        name, colon, digits = name.partition(":")
        port = colon + digits
        if any(char in ' "<>\\^`{|}' for char in name):
            return False
    return not port or (port[0] == ":" and (len(port) == 1 or port[1:].isdigit()))


def _is_escaped(path: str) -> bool:
    return all(len(rest) >= 2 and _HEX.issuperset(rest[:2]) for rest in path.split("%")[1:])


def is_email(text: str) -> bool:
    """Tell whether the text is a mailbox of a domain that has a dot; takes linear time."""
    local, at, domain = text.partition("@")
    labels = domain.removesuffix(".").split(".")
    return (
        bool(at)
        and all(part and all(_is_letter(char) or char in _LOCAL for char in part) for part in local.split("."))
        and len(labels) >= 2
        and all(map(_is_label, labels))
        and not labels[-1][0].isdigit()
    )


def _is_letter(char: str) -> bool:
    return char.isalnum() if char.isascii() else char.isprintable()


def _is_label(label: str) -> bool:
    return (
        bool(label)
        and _is_letter(label[0])
        and _is_letter(label[-1])
        and all(_is_letter(char) or char in "-_~" for char in label)
    )
