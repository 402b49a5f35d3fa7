"""Jinja2 templates of charts with ``engine: jinja2``, in a closed sandbox.

What a template sees: ``Values``, ``Release``, ``Chart``, ``Capabilities``, ``Files``, ``Template``
(and ``Subcharts`` in v2 charts) as names, with the fields and methods they have in Go templates.
``Values.a.b`` looks into maps first, so a key may be called ``items``; whole numbers are integers,
and maps are in Go's order.

Every function of sprig and Helm is there as a function and as a filter. The piped value comes last
as in Go templates: ``Values.name | trunc(63) | trimSuffix("-")`` is ``trimSuffix("-", trunc(63,
Values.name))``. See ``filters`` for names that are also Jinja's own.

What it prints is meant for YAML: ``true``, ``false``, nothing for none, maps and lists as JSON.
What does not exist is false where it is asked for (``if``, ``or``, ``for``, ``default``) and an
error where it is used.

``include``, ``import`` and ``extends`` take paths: the whole one of any template of the release
(``web/charts/db/templates/_names.j2``), or one beside the template or under its chart's
``templates``. ``include("name")`` as a function also finds what Go templates of the release define.
``tpl(text)`` renders a text with the template's own names. Partials start with ``_``. Blocks
swallow their line (``trim_blocks``, ``lstrip_blocks``); the last newline stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from helmpy.engine.jinja.environment import Environment, GoInclude
from helmpy.engine.jinja.meter import Meter
from helmpy.engine.scopes import Template
from helmpy.gocompat.function import GoFunc
from helmpy.gotemplate import Limits
from helmpy.gotemplate.watch import Watch

__all__ = ["Environment", "GoInclude", "render"]


def _no_go(version: int, name: str, dot: Any) -> None:  # noqa: ARG001 - the interface of GoInclude
    return None


def render(
    templates: Sequence[Template],
    functions: Callable[[int], Mapping[str, GoFunc]],
    limits: Limits,
    include_go: GoInclude = _no_go,
    watch: Watch | None = None,
) -> dict[str, str]:
    """Return path to text for the templates that are no partials. Raises RenderError.

    ``functions`` gives the table of a dialect: 2 for v1 charts, 3 for v2 charts. ``include_go``
    answers for Go templates of the release; ``watch`` stops what takes too long.
    """
    sources = {template.path: template for template in templates}
    meter = Meter(limits)
    if watch is not None:
        watch.add(meter.stop)
    environments: dict[int, Environment] = {}
    rendered = {}
    for template in templates:
        if template.is_partial:
            continue
        version = template.scope.version
        if version not in environments:
            environments[version] = Environment(sources, functions(version), meter, version, include_go)
        rendered[template.path] = environments[version].render_template(template)
    return rendered
