from __future__ import annotations

from helmpy.gotemplate.scope import Scope


def test_the_innermost_variable_with_a_value_is_found() -> None:
    scope = Scope(1)
    outer = scope.declare("$x")
    outer.slot = 4
    mark = scope.mark()
    inner = scope.declare("$x")
    assert scope.find("$x") is outer
    inner.slot = 5
    assert scope.find("$x") is inner
    scope.void(mark)
    assert scope.find("$x") is outer
    scope.forget(mark)
    assert scope.knows("$x")
    scope.forget(0)
    assert not scope.knows("$x")
    assert scope.find("$x") is None


def test_the_root_is_always_there() -> None:
    found = Scope(1).find("$")
    assert found is not None
    assert found.slot == 1
