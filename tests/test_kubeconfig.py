from __future__ import annotations

import pytest

from helmpy import kubeconfig

FIRST = """
current-context: work
contexts:
- name: work
  context: {cluster: a, namespace: team}
- name: bare
  context: {cluster: a}
"""
SECOND = """
current-context: home
contexts:
- name: home
  context: {namespace: garden}
- name: work
  context: {namespace: other}
"""


@pytest.mark.parametrize(
    ("texts", "context", "namespace"),
    [
        ([FIRST], "", "team"),
        ([FIRST], "bare", "default"),
        ([FIRST], "nosuch", "default"),
        ([FIRST, SECOND], "", "team"),
        ([FIRST, SECOND], "home", "garden"),
        ([SECOND, FIRST], "work", "other"),
        (["a: [", FIRST], "", "team"),
        (["just words", FIRST], "", "team"),
        ([], "", "default"),
    ],
)
def test_namespace(texts: list[str], context: str, namespace: str) -> None:
    assert kubeconfig.namespace(texts, context) == namespace
