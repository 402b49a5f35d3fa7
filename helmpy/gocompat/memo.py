"""A bounded memory of what a function answered: ``functools.lru_cache`` without importing functools.

That import takes 1.5 ms, with collections and all that they need; the C type behind it is there anyway.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])


def memo(limit: int) -> Callable[[Function], Function]:
    """Remember a function's last ``limit`` answers, for arguments that can be hashed."""

    def wrap(function: Function) -> Function:
        remembering: Function = _wrapper(function, limit)
        return remembering

    return wrap


def _wrapper(function: Any, limit: int) -> Any:
    try:
        from _functools import _lru_cache_wrapper  # type: ignore[import-not-found]  # no stub for what is behind functools
    except ImportError:
        from functools import lru_cache

        return lru_cache(maxsize=limit)(function)
    return _lru_cache_wrapper(function, limit, False, tuple)  # untyped, as lru_cache has it
