"""The parse tree: small records with a position; ``str()`` of one is its text as Go prints it.

``position`` is what Go blames: the first token's, except for ``.a.b`` and ``$x.a``, whose second
token counts. It counts from the action's ``{{``, so that equal actions are one tree wherever they
stand; a list knows where its actions are.
"""

from __future__ import annotations

from helmpy.gocompat.text_quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Protocol

    from helmpy.gocompat.function import GoFunc

    Frame = list[Any]
    Evaluator = Callable[[Frame], Any]

    class Heated(Protocol):
        """A tree that was made a function of: ``hot`` has it, and stands above all that it makes it of."""

        includes: list[str]

        def bind(self, functions: Mapping[str, GoFunc]) -> Callable[[Frame], None] | None: ...
        def plainness(self, run: Any) -> bool: ...


class Node:
    """Anything with a place in its action."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position


class ListNode:
    """A sequence of text (``str``), pipelines and statements, and the offset of each in the text.

    An action's offset is that of what follows its ``{{``. ``operations`` is what the runtime made
    of the list and ``origins`` the offsets of those; ``size`` is the length of their texts. An
    empty list is at ``end``.
    """

    __slots__ = ("end", "nodes", "operations", "origins", "places", "size")

    def __init__(self) -> None:
        self.nodes: list[str | Node] = []
        self.places: list[int] = []
        self.operations: list[Any] | None = None
        self.origins: Sequence[int] = ()
        self.size = 0
        self.end = 0

    def __str__(self) -> str:
        return "".join(f"{{{{{node}}}}}" if node.__class__ is PipeNode else str(node) for node in self.nodes)

    @property
    def position(self) -> int:
        """Where the list begins in the text."""
        if not self.nodes:
            return self.end
        return self.places[0] if self.nodes[0].__class__ is str else self.places[0] - 2

    @property
    def empty(self) -> bool:
        """Whether there is nothing but white space: such a define replaces no other."""
        # isspace ends at the first letter, strip would copy a dashboard
        return all(isinstance(node, str) and node.isspace() for node in self.nodes)


class DotNode(Node):
    """``.``; ``loose`` where it is a range's element, that is of static type interface {}."""

    __slots__ = ("loose",)

    def __init__(self, position: int, *, loose: bool) -> None:
        self.position = position
        self.loose = loose

    def __str__(self) -> str:
        return "."


class NilNode(Node):
    """``nil``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "nil"


class BoolNode(Node):
    """``true`` and ``false``."""

    __slots__ = ("value",)

    def __init__(self, position: int, *, value: bool) -> None:
        self.position = position
        self.value = value

    def __str__(self) -> str:
        return "true" if self.value else "false"


class NumberNode(Node):
    """A numeric constant: what it is as an integer, an unsigned one, a float; None where it is not.

    ``ideal`` is its value where any type will do, ``ideal_error`` why it has none.
    """

    __slots__ = ("as_complex", "as_float", "as_int", "as_uint", "ideal", "ideal_error", "text")

    def __init__(self, position: int, text: str) -> None:
        self.position = position
        self.text = text
        self.as_int: int | None = None
        self.as_uint: int | None = None
        self.as_float: float | None = None
        self.as_complex: complex | None = None
        self.ideal: Any = None
        self.ideal_error = ""

    def __str__(self) -> str:
        return self.text


class StringNode(Node):
    """A string constant and the way it was quoted."""

    __slots__ = ("quoted", "value")

    def __init__(self, position: int, quoted: str, value: str) -> None:
        self.position = position
        self.quoted = quoted
        self.value = value

    def __str__(self) -> str:
        return self.quoted


# What is no command and has no fields.
CONSTANTS = frozenset({BoolNode, DotNode, NilNode, NumberNode, StringNode})


class IdentifierNode(Node):
    """A function's name."""

    __slots__ = ("name",)

    def __init__(self, position: int, name: str) -> None:
        self.position = position
        self.name = name

    def __str__(self) -> str:
        return self.name


class FieldNode(Node):
    """``.a.b``: fields of dot; ``loose`` as in DotNode."""

    __slots__ = ("loose", "names")

    def __init__(self, position: int, names: tuple[str, ...], *, loose: bool) -> None:
        self.position = position
        self.names = names
        self.loose = loose

    def __str__(self) -> str:
        return "." + ".".join(self.names)


class VariableNode(Node):
    """``$x.a.b``; ``slot`` is its place in the frame, -1 where execution will find it undefined."""

    __slots__ = ("loose", "name", "names", "slot")

    def __init__(self, position: int, name: str, slot: int, *, loose: bool) -> None:
        self.position = position
        self.name = name
        self.names: tuple[str, ...] = ()
        self.slot = slot
        self.loose = loose

    def __str__(self) -> str:
        return ".".join((self.name, *self.names))


class ChainNode(Node):
    """``(…).a.b`` and ``function.a``: fields of what a term gives."""

    __slots__ = ("names", "term")

    def __init__(self, position: int, term: Node, names: tuple[str, ...]) -> None:
        self.position = position
        self.term = term
        self.names = names

    def __str__(self) -> str:
        term = f"({self.term})" if isinstance(self.term, PipeNode) else str(self.term)
        return ".".join((term, *self.names))


class CommandNode(Node):
    """A function, method or value with its arguments."""

    __slots__ = ("arguments",)

    def __init__(self, arguments: list[Node]) -> None:
        self.position = arguments[0].position  # blamed for calls only, whose first word has one place
        self.arguments = arguments

    def __str__(self) -> str:
        return " ".join(f"({word})" if isinstance(word, PipeNode) else str(word) for word in self.arguments)


class PipeNode(Node):
    """Commands joined by ``|`` and the variables that get the result; ``operation`` is the runtime's."""

    __slots__ = ("assigns", "commands", "operation", "variables")

    def __init__(self, position: int) -> None:
        self.position = position
        self.assigns = False
        self.variables: Sequence[VariableNode] = ()
        self.commands: list[CommandNode] = []
        self.operation: Any = None

    @property
    def constant(self) -> str | None:
        """The text that the action prints where it is nothing but a string."""
        words = self.commands[0].arguments
        if len(words) == len(self.commands) == 1 and words[0].__class__ is StringNode and not self.variables:
            return words[0].value
        return None

    def __str__(self) -> str:
        commands = " | ".join(map(str, self.commands))
        if not self.variables:
            return commands
        return ", ".join(map(str, self.variables)) + (" = " if self.assigns else " := ") + commands


class ActionNode(Node):
    """``{{pipeline}}``, for messages."""

    __slots__ = ("pipe",)

    def __init__(self, pipe: PipeNode) -> None:
        self.position = pipe.position
        self.pipe = pipe

    def __str__(self) -> str:
        return f"{{{{{self.pipe}}}}}"


class BranchNode(Node):
    """``if``, ``with`` and ``range``: what they share. ``origin`` is the action's offset in the text."""

    __slots__ = ("body", "origin", "otherwise", "pipe")
    keyword = ""

    def __init__(self, origin: int, pipe: PipeNode) -> None:
        self.position = 0
        self.origin = origin
        self.pipe = pipe
        self.body = ListNode()
        self.otherwise: ListNode | None = None

    def __str__(self) -> str:
        otherwise = "" if self.otherwise is None else f"{{{{else}}}}{self.otherwise}"
        return f"{{{{{self.keyword} {self.pipe}}}}}{self.body}{otherwise}{{{{end}}}}"


class ConditionNode(BranchNode):
    """``if`` or ``with``; ``chained`` where ``otherwise`` is nothing but its ``else if``."""

    __slots__ = ("chained",)

    def __init__(self, origin: int, pipe: PipeNode) -> None:
        self.position = 0
        self.origin = origin
        self.pipe = pipe
        self.body = ListNode()
        self.otherwise = None
        self.chained = False


class IfNode(ConditionNode):
    """``{{if}}``."""

    __slots__ = ()
    keyword = "if"


class WithNode(ConditionNode):
    """``{{with}}``."""

    __slots__ = ()
    keyword = "with"


class RangeNode(BranchNode):
    """``{{range}}``."""

    __slots__ = ()
    keyword = "range"


class BreakNode(Node):
    """``{{break}}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{break}}"


class ContinueNode(Node):
    """``{{continue}}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{continue}}"


class TemplateNode(Node):
    """``{{template "name" pipeline}}``, and what ``{{block}}`` leaves in its place."""

    __slots__ = ("name", "operation", "pipe")

    def __init__(self, position: int, name: str, pipe: PipeNode | None) -> None:
        self.position = position
        self.name = name
        self.pipe = pipe
        self.operation: Any = None

    def __str__(self) -> str:
        return f"{{{{template {quote(self.name)}{'' if self.pipe is None else f' {self.pipe}'}}}}}"


class Tree:
    """One template: its text's, its body, how many places a frame of it needs, how deep it nests.

    ``renders`` counts those that executed it; ``hot`` is what came of it when there were many.
    """

    __slots__ = ("empty", "hot", "nesting", "renders", "root", "slots", "text")

    def __init__(self, text: str, root: ListNode, slots: int, nesting: int) -> None:
        self.text = text
        self.root = root
        self.empty = root.empty
        self.slots = slots
        self.nesting = nesting
        self.renders = 0
        self.hot: Heated | None = None


class Parsed:
    """What a text parses to: its own tree and the templates it defines."""

    __slots__ = ("defines", "main", "nesting")

    def __init__(self, main: Tree, defines: dict[str, Tree]) -> None:
        self.main = main
        self.defines = defines
        self.nesting = max(tree.nesting for tree in (main, *defines.values()))
