from __future__ import annotations

import random
import time

import pytest

from helmpy.release import names


@pytest.mark.parametrize("name", ["a", "web", "Web_1.x-y", "7", "a" * 53])
def test_server_takes(name: str) -> None:
    names.check_name(name)


@pytest.mark.parametrize("name", ["-a", "a-", ".", "a b", "a\n", "é", "a" * 54])
def test_server_refuses(name: str) -> None:
    with pytest.raises(names.InvalidName) as error:
        names.check_name(name)
    assert str(error.value) == (
        "invalid release name, must match regex ^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])+$ "
        "and the length must not be longer than 53"
    )


def test_server_refuses_no_name() -> None:
    with pytest.raises(names.InvalidName, match=r"^no release provided$"):
        names.check_name("")


def test_the_check_takes_linear_time() -> None:
    start = time.perf_counter()
    with pytest.raises(names.InvalidName):
        names.check_name("a" * 200_000 + "!")
    assert time.perf_counter() - start < 1


def test_a_new_name_is_only_measured() -> None:
    names.check_length("Ab!" + "x" * 50)
    with pytest.raises(names.InvalidName, match=r'^release name "x{54}" exceeds max length of 53$'):
        names.check_length("x" * 54)


@pytest.mark.parametrize("name", ["web", "web-1", "web.example.com", "1"])
def test_client_takes(name: str) -> None:
    names.check_subdomain(name)


@pytest.mark.parametrize("name", ["", "Web", "web-", "-web", "a..b", "a_b", "a b", "a."])
def test_client_refuses(name: str) -> None:
    with pytest.raises(names.InvalidName) as error:
        names.check_subdomain(name)
    assert str(error.value).startswith(f"release name {name} is invalid: a DNS-1123 subdomain must consist of lower")


def test_client_tells_both_reasons() -> None:
    with pytest.raises(names.InvalidName) as error:
        names.check_subdomain("A" * 254)
    assert "is invalid: must be no more than 253 characters;a DNS-1123 subdomain" in str(error.value)


def test_word_lists_are_long_and_clean() -> None:
    for words in (names.ADJECTIVES, names.ANIMALS):
        assert len(words) == len(set(words)) >= 100
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


def test_generated_names_keep_both_rules() -> None:
    source = random.Random(7)
    for _ in range(200):
        name = names.generate(source)
        names.check_name(name)
        names.check_subdomain(name)
        assert name.count("-") == 1


def test_generation_looks_for_a_free_name() -> None:
    tried: list[str] = []

    def is_free(name: str) -> bool:
        tried.append(name)
        return len(tried) == 3

    assert names.generate_free(random.Random(1), is_free) == tried[2]
    with pytest.raises(names.NoFreeName, match=r"^no available release name found$"):
        names.generate_free(random.Random(1), lambda _: False)
