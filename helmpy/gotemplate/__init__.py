"""Go's text/template: sets of templates over plain Python data, with Go's output and Go's errors.

Strangers' templates are safe to run: no text of theirs reaches ``getattr``, ``eval`` or ``exec``,
and ``Limits`` bound what they may do.
"""

from __future__ import annotations

from helmpy.gotemplate.errors import TemplateError
from helmpy.gotemplate.limits import Limits
from helmpy.gotemplate.runtime import TemplateSet

__all__ = ["Limits", "TemplateError", "TemplateSet"]
