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
``templates``; imports are always with context. ``include("name")`` as a function also finds what Go templates of the release define.
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

__all__ = ["Environment", "GoInclude", "Templates"]


class Templates:
    """The Jinja2 templates of a render.

    ``functions`` gives the table of a dialect: 2 for v1 charts, 3 for v2 charts. ``include_go``
    answers for Go templates of the release; ``watch`` stops what takes too long.
    """

    def __init__(
        self,
        templates: Sequence[Template],
        functions: Callable[[int], Mapping[str, GoFunc]],
        limits: Limits,
        include_go: GoInclude,
        watch: Watch,
    ) -> None:
        self._sources = {template.path: template for template in templates}
        self._functions = functions
        self._meter = Meter(limits)
        self._include_go = include_go
        self._environments: dict[int, Environment] = {}
        watch.add(self._meter.stop)

    def render(self) -> dict[str, str]:
        """Return path to text for the templates that are no partials. Raises RenderError."""
        return {
            template.path: self._environment(template.scope.version).render_template(template)
            for template in self._sources.values()
            if not template.is_partial
        }

    def include(self, version: int, name: str, dot: Any) -> str | None:
        """Return what the template of that path writes for a Go template, None where there is none.

        The keys of ``dot`` are its names. Raises RenderError.
        """
        if name not in self._sources:
            return None
        return self._environment(version).render_template(self._sources[name], dot)

    def _environment(self, version: int) -> Environment:
        if version not in self._environments:
            self._environments[version] = Environment(
                self._sources, self._functions(version), self._meter, version, self._include_go
            )
        return self._environments[version]
