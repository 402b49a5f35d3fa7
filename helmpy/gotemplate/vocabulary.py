"""What was read before: actions and whole texts, remembered for everybody with the same functions.

A parse depends on its text and on which functions exist, on nothing else that a set knows. In real
charts two of three actions were seen before in the same chart (nginx-ingress: 1,271 actions, 378
different ones): remembering their trees halves the time of a first parse.
"""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from helmpy.gotemplate.nodes import Parsed, PipeNode, TemplateNode
    from helmpy.gotemplate.ordinary import Word

    T = TypeVar("T")

# Texts kept parsed, together with their closures.
_CACHED_CHARACTERS = 16_000_000
# Bounds for a server that renders strangers' charts: some 50 MB where all are exhausted.
_REMEMBERED = 10_000
_LONGEST_ACTION = 300
_VOCABULARIES = 8
_REMEMBERED_VARIANTS = 2_000
_MOST_VARIANTS = 8


class Action:
    """An action as it was read: its keyword ("" for what just runs) and what belongs to it.

    ``node`` is its pipeline, or the inclusion that it is; ``name`` is that of the template it
    defines. ``left`` and ``right`` tell which side it trims, ``depth`` how deep its pipeline nests.
    """

    __slots__ = ("depth", "keyword", "left", "name", "node", "right")

    def __init__(
        self, keyword: str, node: PipeNode | TemplateNode | None = None, depth: int = 0, name: str = ""
    ) -> None:
        self.keyword = keyword
        self.node = node
        self.depth = depth
        self.name = name
        self.left = False
        self.right = False


class Variants:
    """An action that names variables, as it was read for each way that those lie in the frame.

    ``used`` are the variables it reads; the keys of ``read`` tell where they are, and what it sets.
    """

    __slots__ = ("assigns", "declared", "read", "used")

    def __init__(self, used: tuple[str, ...], declared: tuple[str, ...], *, assigns: bool) -> None:
        self.used = used
        self.declared = declared
        self.assigns = assigns
        self.read: dict[tuple[int, ...] | None, Action] = {}

    def keep(self, places: tuple[int, ...] | None, action: Action) -> None:
        """Remember the action for variables that lie there; None for those that lie nowhere."""
        if places is not None:
            if len(self.read) >= _MOST_VARIANTS:
                self.read.clear()
            self.read[places] = action


def remember(actions: dict[str, T], text: str, action: T) -> None:
    """Remember the action of that text in one of a vocabulary's tables."""
    if len(text) <= _LONGEST_ACTION:
        if len(actions) >= (_REMEMBERED if action.__class__ is Action else _REMEMBERED_VARIANTS):
            actions.clear()
        actions[text] = action


class Vocabulary:
    """The functions that texts may name, and what is remembered of texts that may name just these.

    ``actions`` and ``variants`` have two tables, as the type of dot differs inside ``range``;
    ``words`` belongs to the reader of ordinary actions.
    """

    def __init__(self, functions: frozenset[str]) -> None:
        self.functions = functions
        self.actions: tuple[dict[str, Action], dict[str, Action]] = ({}, {})
        self.variants: tuple[dict[str, Variants], dict[str, Variants]] = ({}, {})
        self.words: dict[str, Word] = {}
        self._lock = allocate_lock()
        self._texts: dict[str, Parsed] = {}
        self._characters = 0

    def parsed(self, text: str) -> Parsed | None:
        """Return what the text parsed to, if that is still remembered."""
        with self._lock:
            parsed = self._texts.pop(text, None)
            if parsed is not None:
                self._texts[text] = parsed
            return parsed

    def keep(self, text: str, parsed: Parsed) -> None:
        """Remember what a text parsed to, and forget what was not used for the longest time."""
        with self._lock:
            if self._texts.pop(text, None) is None:
                self._characters += len(text) + 1
            self._texts[text] = parsed
            while self._characters > _CACHED_CHARACTERS:
                oldest = next(iter(self._texts))
                del self._texts[oldest]
                self._characters -= len(oldest) + 1


_vocabularies: dict[frozenset[str], Vocabulary] = {}


def vocabulary(functions: frozenset[str]) -> Vocabulary:
    """Return the vocabulary of these functions, one for all who ask."""
    known = _vocabularies.get(functions)
    if known is None:
        if len(_vocabularies) >= _VOCABULARIES:
            _vocabularies.clear()
        known = _vocabularies[functions] = Vocabulary(functions)
    return known


def forget() -> None:
    """Forget all that was read. Renders under way keep what they have."""
    _vocabularies.clear()
