"""How much a template may do: a chart is a stranger's program."""

from __future__ import annotations

from helmpy.record import record


@record(frozen=True, slots=True)
class Limits:
    """Bounds of one render; crossing any of them raises TemplateError.

    ``steps``: executed actions and loop iterations. ``output``: characters written, counting
    those of included templates every time they pass. ``depth``: templates inside templates (Go's
    own number). ``calls``: templates executed by functions (``include``, ``tpl``) inside each other.
    ``nesting``: blocks, parentheses and
    stages of pipelines around each other in one template's text.
    """

    steps: int = 50_000_000
    output: int = 200_000_000
    depth: int = 100_000
    calls: int = 5_000
    nesting: int = 100
