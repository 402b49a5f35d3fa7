"""``.Files``: what a chart holds beside its templates and values."""

from __future__ import annotations

from helmpy.engine.context import MethodMap
from helmpy.gocompat.function import GoFunc
from helmpy.gocompat.kinds import StringList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from helmpy.chart.model import Chart


class Files(MethodMap):
    """Files of a chart by path; a name that is not there is an empty byte slice."""

    __slots__ = ()
    go_type: ClassVar[str] = "chartutil.Files"
    of_any: ClassVar[bool] = False
    version: ClassVar[int] = 2

    @classmethod
    def of(cls, chart: Chart) -> Files:
        return cls((file.name, file.data) for file in chart.files)

    def get(self, name: str, default: Any = b"") -> Any:
        return super().get(name, default)

    def data(self, name: str) -> bytes:
        """Return a file's bytes, none where there is no such file."""
        data: bytes = dict.get(self, name, b"")  # never the method of that name
        return data

    def text(self, name: str) -> str:
        """Return a file's text, empty where there is none; bytes that are not UTF-8 survive."""
        return _text(self.data(name))

    def glob(self, pattern: str) -> Files:
        """Return the files whose paths match; all of them where the pattern itself is broken."""
        from helmpy.gocompat import glob

        return type(self)((name, data) for name, data in self.items() if glob.match(pattern or "**", name))

    def lines(self, name: str) -> StringList:
        """Return a file's lines without their line feeds; none where there is no such file."""
        return StringList(self.text(name).split("\n") if name in self else [])

    def as_config(self) -> str:
        """Return YAML of base name to text, for a ConfigMap's data."""
        return self._yaml({name.rsplit("/", 1)[-1]: _text(data) for name, data in sorted(self.items())})

    def as_secrets(self) -> str:
        """Return YAML of base name to base64 text, for a Secret's data."""
        from binascii import b2a_base64  # a shared object: half a millisecond to load

        return self._yaml(
            {name.rsplit("/", 1)[-1]: b2a_base64(data, newline=False).decode() for name, data in sorted(self.items())}
        )

    def _yaml(self, value: dict[str, str]) -> str:
        from helmpy.gocompat import yaml

        text = yaml.dump(value, dialect=self.version)
        return text if self.version == 2 else text.removesuffix("\n")


def _text(data: bytes) -> str:
    """Bytes as a Go string: what is not UTF-8 survives a way back."""
    return data.decode("utf-8", "surrogateescape")


class Files3(Files):
    """The same of Helm 3."""

    __slots__ = ()
    go_type: ClassVar[str] = "engine.files"
    version: ClassVar[int] = 3


Files.methods = {
    "Get": lambda files: GoFunc(files.text, ("string",), "string"),
    "GetBytes": lambda files: GoFunc(files.data, ("string",), "bytes"),
    "Glob": lambda files: GoFunc(files.glob, ("string",)),
    "AsConfig": lambda files: GoFunc(files.as_config, (), "string"),
    "AsSecrets": lambda files: GoFunc(files.as_secrets, (), "string"),
    "Lines": lambda files: GoFunc(files.lines, ("string",), "strings"),
}
