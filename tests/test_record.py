"""Records are dataclasses to whoever looks at them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from typing import ClassVar

import pytest

from helmpy.record import field, record, replace


@record(frozen=True, slots=True)
class Point:
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)
    kind: ClassVar[str] = "point"

    @property
    def total(self) -> int:
        return self.x + self.y


@record(frozen=True, slots=True)
class Named(Point):
    name: str = "n"


@record(slots=True)
class Counter:
    count: int = 0

    def __post_init__(self) -> None:
        self.count += 1


@record(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0


@record(frozen=True)
class Empty:
    pass


def test_fields_have_defaults_and_factories() -> None:
    first, second = Point(1), Point(1)
    assert (first.x, first.y, first.tags, first.total, Point.kind) == (1, 2, [], 3, "point")
    assert first.tags is not second.tags
    assert Point(x=4, y=5) == Point(4, 5)


def test_many_are_like_the_first() -> None:
    made = [Named(n, name=str(n)) for n in range(100)]
    assert [(one.x, one.y, one.tags, one.name) for one in made] == [(n, 2, [], str(n)) for n in range(100)]
    assert len({id(one.tags) for one in made}) == 100
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Named(1, z=2)  # type: ignore[call-arg]  # what is tested


def test_they_inherit() -> None:
    one = Named(1, 2, ["t"], "web")
    assert (one.name, one.total) == ("web", 3)
    assert one != Point(1, 2, ["t"])
    assert repr(one) == "Named(x=1, y=2, tags=['t'], name='web')"


@pytest.mark.parametrize("arguments", [(), (1, 2, [], 4), (1, 2, [], 4, 5, 6)])
def test_wrong_arguments_are_refused(arguments: tuple[int, ...]) -> None:
    with pytest.raises(TypeError):
        Point(*arguments)  # type: ignore[arg-type]  # what is tested


def test_frozen_ones_do_not_change() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]  # what is tested
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert not hasattr(point, "__dict__")


def test_equal_ones_hash_alike() -> None:
    assert hash(Empty()) == hash(Empty())
    assert Empty() == Empty()
    with pytest.raises(TypeError):
        hash(Counter())


def test_they_compare() -> None:
    assert Version(1) < Version(1, 1) <= Version(1, 1) < Version(2)
    assert max(Version(2), Version(1, 9)) == Version(2)
    with pytest.raises(TypeError):
        assert Version(1) < 2  # type: ignore[operator]  # what is tested


def test_what_follows_init_runs() -> None:
    counter = Counter(3)
    counter.count += 1
    assert counter.count == 5


def test_the_standard_module_knows_them() -> None:
    point = Point(1, tags=["a"])
    assert dataclasses.is_dataclass(point)
    assert [one.name for one in dataclasses.fields(Named)] == ["x", "y", "tags", "name"]
    assert dataclasses.replace(point, x=9) == replace(point, x=9) == Point(9, tags=["a"])
    assert dataclasses.asdict(point) == {"x": 1, "y": 2, "tags": ["a"]}


def test_they_are_copied_and_pickled() -> None:
    named = Named(1, name="web")
    assert copy.deepcopy(named) == named
    assert pickle.loads(pickle.dumps(named)) == named


def test_they_match_by_position() -> None:
    match Point(1):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_they_load_nothing() -> None:
    script = "import sys; before = set(sys.modules); import helmpy.record; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"__future__", "_operator", "helmpy", "helmpy.record"}
