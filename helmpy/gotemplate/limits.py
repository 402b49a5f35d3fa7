"""How much a render may do: a chart is a stranger's program."""

from __future__ import annotations

from helmpy.record import record


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
    output: int = 40_000_000
    size: int = 5_000_000
    depth: int = 100_000
    calls: int = 5_000
    nesting: int = 100
    templates: int = 20_000
    seconds: float = 3.0
    memory: int = 128
