"""Records in ConfigMaps or Secrets of tiller's namespace, as Helm 2 keeps them.

A record's object is named ``NAME.vREVISION`` and labelled NAME, OWNER, STATUS, VERSION and
CREATED_AT or, after an update, MODIFIED_AT (seconds since 1970).
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from helmpy.release.error import ReleaseError
from helmpy.release.model import Release
from tiller.clock import Clock
from tiller.kube.transport import ApiError, Conflict, NotFound, Request, Response, Transport
from tiller.storage import codec
from tiller.storage.driver import OWNER, ReleaseExists, ReleaseNotFound, key_of, labels_of

log = logging.getLogger(__name__)

PAGE = 250  # records per request: a list of everything at once is what made Tiller 2 slow and large

# A label's value as the API server accepts it; linear, at most 63 characters.
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")


class KubernetesDriver:
    """What ConfigMaps and Secrets share; ``kind`` and ``plural`` and the data's form differ."""

    name = ""
    kind = ""
    plural = ""

    def __init__(self, transport: Transport, namespace: str, clock: Clock) -> None:
        self.transport = transport
        self.namespace = namespace
        self.clock = clock

    def pack(self, text: str) -> str:
        """The record's text as the object's data holds it."""
        return text

    def unpack(self, data: str) -> bytes:
        return data.encode()

    def get(self, name: str, version: int) -> Release:
        key = key_of(name, version)
        response = self._send("GET", key, missing=key)
        return self._decode(response.json())

    def create(self, release: Release) -> None:
        body = self._object(release, "CREATED_AT")
        response = self.transport.send(_request("POST", self._path(), body=body))
        error = _error(response)
        if isinstance(error, Conflict) and error.reason == "AlreadyExists":
            raise ReleaseExists(release.key)
        if error is not None:
            raise error

    def update(self, release: Release) -> None:
        # Without a resourceVersion: one server at a time works on a release.
        self._send("PUT", release.key, missing=release.key, body=self._object(release, "MODIFIED_AT"))

    def delete(self, name: str, version: int) -> Release:
        release = self.get(name, version)
        self._send("DELETE", release.key, missing=release.key)
        return release

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        for value in labels.values():
            if not _LABEL_VALUE.match(value):
                raise ReleaseError(f'invalid label value: "{value}"')
        selector = ",".join(f"{key}={value}" for key, value in sorted({**labels, "OWNER": OWNER}.items()))
        return [release for item in self._items(selector) if (release := self._decoded(item)) is not None]

    def _items(self, selector: str) -> Iterator[dict[str, Any]]:
        token = ""
        while True:
            query = [("labelSelector", selector), ("limit", str(PAGE))]
            if token:
                query.append(("continue", token))
            response = self.transport.send(Request("GET", self._path(), tuple(query), {"accept": "application/json"}))
            if (error := _error(response)) is not None:
                raise error
            page = response.json()
            yield from page.get("items") or []
            token = (page.get("metadata") or {}).get("continue") or ""
            if not token:
                return

    def _decoded(self, item: dict[str, Any]) -> Release | None:
        """The item's release, or None where it is broken: one bad record must not hide the others."""
        try:
            return self._decode(item)
        except codec.CodecError as error:
            log.warning("skipping record %s: %s", (item.get("metadata") or {}).get("name"), error)
            return None

    def _decode(self, item: dict[str, Any]) -> Release:
        return codec.decode(self.unpack(str((item.get("data") or {}).get("release") or "")))

    def _object(self, release: Release, when: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": self.kind,
            "metadata": {
                "name": release.key,
                "namespace": self.namespace,
                "labels": {**labels_of(release), when: str(int(self.clock.now()))},
            },
            "data": {"release": self.pack(codec.encode(release))},
        }

    def _path(self, key: str = "") -> str:
        path = f"/api/v1/namespaces/{quote(self.namespace, safe='')}/{self.plural}"
        return f"{path}/{quote(key, safe='')}" if key else path

    def _send(self, method: str, key: str, *, missing: str, body: dict[str, Any] | None = None) -> Response:
        response = self.transport.send(_request(method, self._path(key), body=body))
        error = _error(response)
        if isinstance(error, NotFound):
            raise ReleaseNotFound(missing)
        if error is not None:
            raise error
        return response


class ConfigMapDriver(KubernetesDriver):
    """One ConfigMap for each record."""

    name = "ConfigMap"
    kind = "ConfigMap"
    plural = "configmaps"


class SecretDriver(KubernetesDriver):
    """One Secret for each record; its base64 is in base64 once more, as Secrets are."""

    name = "Secret"
    kind = "Secret"
    plural = "secrets"

    def pack(self, text: str) -> str:
        return base64.b64encode(text.encode()).decode("ascii")

    def unpack(self, data: str) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise codec.CodecError(f"the record is not base64: {error}") from None


def _request(method: str, path: str, *, body: dict[str, Any] | None = None) -> Request:
    headers = {"accept": "application/json"}
    if body is None:
        return Request(method, path, headers=headers)
    return Request(
        method, path, headers={**headers, "content-type": "application/json"}, body=json.dumps(body).encode()
    )


def _error(response: Response) -> ApiError | None:
    return ApiError.of(response) if response.status >= 400 else None
