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


@pytest.mark.parametrize(
    ("user", "headers"),
    [
        ({"token": "secret"}, {"authorization": "Bearer secret"}),
        ({"username": "ann", "password": "pw"}, {"authorization": "Basic YW5uOnB3"}),
        ({"client-certificate-data": "", "client-key-data": ""}, {}),
    ],
)
def test_who_asks(user: dict[str, str], headers: dict[str, str]) -> None:
    from kubernetes import client, config

    loaded = client.Configuration()
    config.load_kube_config_from_dict(  # type: ignore[no-untyped-call]  # the library ships no types
        {
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
            "users": [{"name": "u", "user": user}],
        },
        client_configuration=loaded,
    )
    assert kubeconfig.credentials(loaded) == headers
