"""``--render-limit NAME=NUMBER``: other bounds for what a chart's templates may do."""

from __future__ import annotations

from helmpy.cli.command import strings
from helmpy.gotemplate.limits import Limits, changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from helmpy.cli.command import Decorator

_DEFAULT = Limits()


def flag() -> Decorator:
    """The command gets ``render_limit``, for ``chosen``."""
    return strings("render-limit", about="bound of a render, NAME=NUMBER as in seconds=30; may be repeated")


def chosen(settings: Iterable[str]) -> Limits:
    """The limits that the flag asks for. Raises LimitsError."""
    return changed(settings) if settings else _DEFAULT
