"""A way to Tiller through the API server: its pod is found and its port is carried here.

Every connection to the local port opens one port-forward of its own.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from helmpy.errors import HelmError
from helmpy.kubeapi import KubeApi, is_ready, tiller_pods

TILLER_PORT = 44134
_CHUNK = 64 * 1024


class TunnelError(HelmError):
    """No pod of Tiller to reach."""


class NoPod(TunnelError):
    """There is no Tiller at all in that namespace."""


def find_pod(api: KubeApi, namespace: str) -> str:
    """The name of the first ready pod of Tiller. Raises TunnelError in Helm's words."""
    pods = tiller_pods(api, namespace)
    if not pods:
        raise NoPod("could not find tiller")
    for pod in pods:
        if is_ready(pod):
            return str(pod["metadata"]["name"])
    raise TunnelError("could not find a ready tiller pod")


class Tunnel:
    """A port on 127.0.0.1 that leads to a port of a pod, as long as the context lasts."""

    def __init__(self, api: KubeApi, namespace: str, pod: str, port: int = TILLER_PORT) -> None:
        self._api = api
        self._namespace = namespace
        self._pod = pod
        self._port = port
        self._failure: HelmError | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def failure(self) -> HelmError | None:
        """Why the newest connection could not be carried, if it could not."""
        return self._failure

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="tunnel", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # wakes the thread that accepts; it may be gone already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                local, _ = self._listener.accept()
            except OSError:
                return  # closed: the end of the context
            threading.Thread(target=self._carry, args=(local,), name="tunnel connection", daemon=True).start()

    def _carry(self, local: socket.socket) -> None:
        with local:
            try:
                remote = self._forward()
            except HelmError as error:
                self._failure = error
                return
            back = threading.Thread(target=_pump, args=(remote, local), name="tunnel answers", daemon=True)
            back.start()
            _pump(local, remote)
            back.join()
            remote.close()

    def _forward(self) -> Any:
        """One port-forward: something like a socket. Where the pod is gone, as in a rolling update, to another."""
        try:
            return self._forward_to(self._pod)
        except TunnelError:
            found = find_pod(self._api, self._namespace)
            if found == self._pod:
                raise
            self._pod = found
            return self._forward_to(found)

    def _forward_to(self, pod: str) -> Any:
        # Not through CoreV1Api, which is the library's own way: it loads every type of pods, 0.2 s.
        from kubernetes.stream.ws_client import portforward_call

        path = f"/api/v1/namespaces/{self._namespace}/pods/{pod}/portforward"
        try:
            forward = portforward_call(  # type: ignore[no-untyped-call]  # the library ships no types
                self._api.client.configuration,
                "GET",
                f"{self._api.host}{path}",
                query_params=[("ports", str(self._port))],
                headers={name.lower(): value for name, value in self._api.credentials("GET", path).items()},
            )
        except Exception as error:  # the library lets through whatever its WebSocket raises
            text = getattr(error, "reason", None) or str(error)
            raise TunnelError(f"cannot forward a port to pod {self._namespace}/{pod}: {text}") from error
        return forward.socket(self._port)


def _pump(source: Any, target: Any) -> None:
    """Carry bytes one way until the end, then say so to the other side."""
    try:
        while data := source.recv(_CHUNK):
            target.sendall(data)
    except OSError:
        pass  # one side broke off; the other learns it below
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
