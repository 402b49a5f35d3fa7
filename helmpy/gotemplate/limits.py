"""How much a render may do: a chart is a stranger's program."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class LimitsError(HelmError):
    """A limit that does not exist, or a number that is none."""


@record(frozen=True, slots=True)
class Limits:
    """Bounds of one render; crossing any of them ends it with a TemplateError that says so.

    Those that count are the same on every machine:

    - ``steps``: executed actions and loop iterations.
    - ``output``: characters written by all templates, those of included ones every time they pass.
    - ``size``: characters of one text that a function makes; an item of a list counts as eight.
    - ``depth``: templates inside templates (Go's own number).
    - ``calls``: templates executed by functions (``include``, ``tpl``) inside each other.
    - ``nesting``: blocks, parentheses and stages of pipelines around each other in one template's text.
    - ``templates``: files with templates in a chart and its subcharts.

    Those that measure catch what no count foresees, and depend on the machine:

    - ``seconds``: of processor time that the process spends while it renders.
    - ``memory``: MiB by which the process grows while it renders.
    """

    steps: int = 50_000_000
    output: int = 20_000_000
    size: int = 5_000_000
    depth: int = 100_000
    calls: int = 5_000
    nesting: int = 100
    templates: int = 20_000
    seconds: float = 3.0
    memory: int = 128


def changed(settings: Iterable[str]) -> Limits:
    """Return the limits with ``NAME=NUMBER`` settings applied, the later one winning. Raises LimitsError."""
    kinds: dict[str, type[int | float]] = {
        name: float if kind == "float" else int for name, kind in Limits.__annotations__.items()
    }
    numbers: dict[str, int | float] = {}
    for setting in settings:
        name, _, number = setting.partition("=")
        if name not in kinds:
            raise LimitsError(f"there is no limit {name!r}; there are {', '.join(kinds)}")
        try:
            numbers[name] = kinds[name](number)
        except ValueError:
            raise LimitsError(f"limit {name!r} wants a number, not {number!r}") from None
        if not 0 < numbers[name] < float("inf"):
            raise LimitsError(f"limit {name!r} wants a number above 0, not {number!r}")
    return Limits(**numbers)  # type: ignore[arg-type]  # each of its field's own type
