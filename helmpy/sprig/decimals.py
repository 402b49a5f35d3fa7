"""Arithmetic on decimal numbers: 0.1 and 0.2 are 0.3. Quotients have 16 digits after the point."""

from __future__ import annotations

import math
from fractions import Fraction

from helmpy.gocompat.function import FunctionPanic
from helmpy.gocompat.text import format_float
from helmpy.sprig.numbers import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_QUOTIENT_DIGITS = 10**16


def _exact(value: Any) -> Fraction:
    number = real(value)
    if not math.isfinite(number):
        raise FunctionPanic(f"Cannot create a Decimal from {format_float(number)}")
    return Fraction(repr(number))


def _chain(first: Any, values: tuple[Any, ...], combine: Callable[[Fraction, Fraction], Fraction]) -> float:
    result = _exact(first)
    for value in values:
        result = combine(result, _exact(value))
    try:
        return float(result)
    except OverflowError:
        return -math.inf if result < 0 else math.inf


def _quotient(left: Fraction, right: Fraction) -> Fraction:
    """Divide, rounding halves away from zero."""
    if not right:
        raise FunctionPanic("decimal division by 0")
    scaled = abs(left / right) * _QUOTIENT_DIGITS
    rounded = Fraction(math.floor(scaled + Fraction(1, 2)), _QUOTIENT_DIGITS)
    return -rounded if (left < 0) != (right < 0) else rounded


def addf(*values: Any) -> float:
    """Add."""
    return _chain(0.0, values, Fraction.__add__)


def add1f(value: Any) -> float:
    """Add 1."""
    return _chain(value, (1,), Fraction.__add__)


def subf(first: Any, *values: Any) -> float:
    """Subtract."""
    return _chain(first, values, Fraction.__sub__)


def mulf(first: Any, *values: Any) -> float:
    """Multiply."""
    return _chain(first, values, Fraction.__mul__)


def divf(first: Any, *values: Any) -> float:
    """Divide."""
    return _chain(first, values, _quotient)
