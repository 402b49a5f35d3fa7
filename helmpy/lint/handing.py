"""What template functions hand on of the values that they are given; all others are taken to read them whole."""

from __future__ import annotations

from itertools import product

from helmpy.lint.possible import LIST, NUMBER, OPAQUE, TEXT, VALUE, dictionary, has_values, listed, texts_of, union

_MOST_TEXTS = 50

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helmpy.lint.possible import Possible, Reads

    Handler = Callable[[Reads, Sequence[Possible]], Possible]


def _any(_: Reads, given: Sequence[Possible]) -> Possible:
    """One of them, or made of them with their keys kept."""
    return union(given) or OPAQUE


def _one_of(reads: Reads, given: Sequence[Possible]) -> Possible:
    for one in given:
        reads.test(one)
    return _any(reads, given)


def _test(reads: Reads, given: Sequence[Possible]) -> Possible:
    for one in given:
        reads.test(one)
    return OPAQUE


def _last(_: Reads, given: Sequence[Possible]) -> Possible:
    return given[-1] if given else OPAQUE


def _ternary(reads: Reads, given: Sequence[Possible]) -> Possible:
    reads.escape(union(given[2:]))
    return _any(reads, given[:2])


def _merge(reads: Reads, given: Sequence[Possible]) -> Possible:
    """What is laid on values may be read under the name of those: it is taken for read."""
    if given and has_values(given[0]):
        reads.escape(union(given[1:]))
    return _any(reads, given)


def _set(reads: Reads, given: Sequence[Possible]) -> Possible:
    if len(given) != 3:
        return OPAQUE
    if has_values(given[0]):
        reads.escape(given[2])
    return given[0] | _dict(reads, given[1:])


def _first(reads: Reads, given: Sequence[Possible]) -> Possible:
    reads.escape(union(given[1:]))
    return given[0] if given else OPAQUE


def _has_key(reads: Reads, given: Sequence[Possible]) -> Possible:
    if len(given) == 2:
        found = reads.item(given[0], given[1])
        reads.escape(frozenset(one for one in found if one[0] is VALUE))
    return OPAQUE


def _get(reads: Reads, given: Sequence[Possible]) -> Possible:
    return reads.item(given[0], given[1]) if len(given) == 2 else OPAQUE


def _index(reads: Reads, given: Sequence[Possible]) -> Possible:
    found = given[0] if given else OPAQUE
    for key in given[1:]:
        found = reads.item(found, key)
    return found


def _dig(reads: Reads, given: Sequence[Possible]) -> Possible:
    if len(given) < 3:
        return OPAQUE
    *keys, default, found = given
    for key in keys:
        found = reads.item(found, key)
    return found | default


def _pluck(reads: Reads, given: Sequence[Possible]) -> Possible:
    return listed(union(reads.item(one, given[0]) for one in given[1:]) or OPAQUE) if given else OPAQUE


def _list(_: Reads, given: Sequence[Possible]) -> Possible:
    return listed(*given) if given else listed(OPAQUE)


def _append(_: Reads, given: Sequence[Possible]) -> Possible:
    return _flat(given[:1]) | listed(union(given[1:])) if given else OPAQUE


def _flat(given: Sequence[Possible]) -> Possible:
    """Lists whose elements may be in any order; all else as it is."""
    found: set[tuple[object, ...]] = set()
    for one in union(given):
        found |= listed(union(one[1])) if one[0] is LIST else {one}
    return frozenset(found) or OPAQUE


def _some(reads: Reads, given: Sequence[Possible]) -> Possible:
    reads.escape(union(given[1:]))
    return _flat(given[:1])


def _concat(_: Reads, given: Sequence[Possible]) -> Possible:
    return _flat(given)


def _head(reads: Reads, given: Sequence[Possible]) -> Possible:
    return reads.item(given[0], frozenset({(NUMBER, 0)})) if given else OPAQUE


def _print(reads: Reads, given: Sequence[Possible]) -> Possible:
    form = frozenset({(TEXT, "%s" * len(given))})
    return _printf(reads, [form, *given])


def _printf(reads: Reads, given: Sequence[Possible]) -> Possible:
    """The texts that constants make."""
    texts = [texts_of(one) for one in given]
    if not texts or None in texts:
        reads.escape(union(given))
        return OPAQUE
    made: set[str] = set()
    for words in product(*filter(None, texts)):
        form, *rest = words
        if form.count("%s") != len(rest) or form.count("%") != len(rest) or len(made) >= _MOST_TEXTS:
            return OPAQUE
        made.add(form.replace("%s", "{}").format(*rest) if "{" not in form and "}" not in form else "")
    return OPAQUE if "" in made else frozenset((TEXT, text) for text in made)


def _element(reads: Reads, given: Sequence[Possible]) -> Possible:
    return reads.elements(given[0]) if given else OPAQUE


def _values(reads: Reads, given: Sequence[Possible]) -> Possible:
    return listed(reads.elements(union(given) or OPAQUE))


def _dict(_: Reads, given: Sequence[Possible]) -> Possible:
    pairs: list[tuple[str | None, Possible]] = []
    for key, value in zip(given[::2], given[1::2], strict=False):
        texts = texts_of(key)
        pairs += [(text, value) for text in texts] if texts else [(None, value)]
    return dictionary(pairs)


def _split(_: Reads, given: Sequence[Possible]) -> Possible:
    """The parts of a constant."""
    separators, texts = (texts_of(one) for one in given) if len(given) == 2 else (None, None)
    if not separators or not texts or "" in separators:
        return OPAQUE
    parts = {part for text in texts for separator in separators for part in text.split(separator)}
    return listed(frozenset((TEXT, part) for part in parts))


HANDING: dict[str, Handler] = {
    "and": _one_of,
    "or": _one_of,
    "not": _test,
    "empty": _test,
    "default": _one_of,
    "coalesce": _one_of,
    "ternary": _ternary,
    "required": _last,
    "deepCopy": _any,
    "merge": _merge,
    "mergeOverwrite": _merge,
    "set": _set,
    "unset": _first,
    "omit": _first,
    "pick": _first,
    "get": _get,
    "hasKey": _has_key,
    "index": _index,
    "dig": _dig,
    "pluck": _pluck,
    "list": _list,
    "tuple": _list,
    "append": _append,
    "push": _append,
    "prepend": _append,
    "concat": _concat,
    "uniq": _some,
    "reverse": _some,
    "rest": _some,
    "initial": _some,
    "compact": _some,
    "first": _head,
    "last": _element,
    "values": _values,
    "dict": _dict,
    "kindIs": lambda reads, given: _test(reads, given[1:]),
    "typeIs": lambda reads, given: _test(reads, given[1:]),
    "kindOf": _test,
    "typeOf": _test,
}
CHANGING = frozenset({"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "set"})
"""Functions that change their first argument."""
HANDING |= {f"must{name[0].upper()}{name[1:]}": handler for name, handler in HANDING.items()}
HANDING |= {"splitList": _split, "print": _print, "printf": _printf}
