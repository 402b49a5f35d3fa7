"""A way to Tiller through the API server: its pod is found and its port is carried here.

Every connection to the local port opens one port-forward of its own.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from helmpy.errors import HelmError
from helmpy.kubeapi import KubeApi, is_ready, tiller_pods
from helmpy.portforward import Forward, open_port

TILLER_PORT = 44134
_CHUNK = 64 * 1024
_WAYS = "`helm init` installs one, --tiller-namespace names another place"


class TunnelError(HelmError):
    """No pod of Tiller to reach."""


class NoPod(TunnelError):
    """There is no Tiller at all in that namespace."""


def find_pod(api: KubeApi, namespace: str) -> str:
    """The name of the first ready pod of Tiller. Raises TunnelError in Helm's words."""
    pods = tiller_pods(api, namespace)
    if not pods:
        raise NoPod("could not find tiller", hint=f"none in {namespace}; {_WAYS}")
    for pod in pods:
        if is_ready(pod):
            return str(pod["metadata"]["name"])
    name = pods[0]["metadata"]["name"]
    raise TunnelError(
        "could not find a ready tiller pod", hint=f"kubectl -n {namespace} describe pod {name} may say why"
    )


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
            self._failure = None
            back = threading.Thread(target=self._answer, args=(remote, local), name="tunnel answers", daemon=True)
            back.start()
            _pump(local, remote)
            back.join()
            remote.close()

    def _answer(self, remote: Forward, local: socket.socket) -> None:
        """Carry what the pod says; why it can't be reached is known before the caller hears that all is over."""
        _pump(remote, local)
        if remote.failure:
            self._failure = self._trouble(self._pod, remote.failure)
        _end(local)

    def _trouble(self, pod: str, text: str) -> TunnelError:
        return TunnelError(f"cannot forward a port to pod {self._namespace}/{pod}: {text}")

    def _forward(self) -> Forward:
        """One port-forward. Where the pod is gone, as in a rolling update, to another."""
        try:
            return self._forward_to(self._pod)
        except TunnelError:
            found = find_pod(self._api, self._namespace)
            if found == self._pod:
                raise
            self._pod = found
            return self._forward_to(found)

    def _forward_to(self, pod: str) -> Forward:
        try:
            return open_port(self._api, self._namespace, pod, self._port)
        except HelmError as error:
            raise self._trouble(pod, str(error)) from error


def _pump(source: Forward | socket.socket, target: Forward | socket.socket) -> None:
    """Carry bytes one way until the end; a pod is told of it at once."""
    try:
        while data := source.recv(_CHUNK):
            target.sendall(data)
    except OSError:
        pass  # one side broke off; the other learns it below
    if isinstance(source, socket.socket):
        _end(target)


def _end(target: Forward | socket.socket) -> None:
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
