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
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from helmpy.release.error import ReleaseError
from helmpy.release.model import Release
from tiller.clock import Clock
from tiller.kube import protobuf
from tiller.kube.protobuf import Stored
from tiller.kube.transport import ApiError, Conflict, Expired, NotFound, Request, Response, Transport
from tiller.storage import codec
from tiller.storage.catalogue import Catalogue
from tiller.storage.driver import OWNER, ReleaseExists, ReleaseNotFound, key_of, labels_of
from tiller.storage.kubernetes_catalogue import KubernetesCatalogue

log = logging.getLogger(__name__)

# A list of everything at once is what made Tiller 2 slow and large.
PAGE = 250  # records per request at most
FIRST_PAGE = 50  # records while nobody knows how large they are
PAGE_BYTES = 8 * 1024 * 1024  # that an answer should have
# By default the API server reads what is written a second time, for warnings that nobody sees.
_WRITING = (("fieldValidation", "Ignore"),)
_LABELS_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

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
        self._catalogue = KubernetesCatalogue(self)

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
        selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        return [release for each in self.stored(selector) if (release := self._decoded(each)) is not None]

    def counts(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for _, labels, _ in self.labelled(""):
            found[str(labels.get("STATUS") or "")] += 1
        return dict(found)

    def stored(self, selector: str, *, paged: bool = True) -> Iterator[Stored]:
        """The records that a selector matches; in the binary form where the API server has it.

        An API server reads later pages from its disk, so what is known to be small is better not ``paged``.
        """
        token, limit = "", min(FIRST_PAGE, PAGE) if paged else 0
        seen: set[str] = set()
        while True:
            try:
                response = self._page(selector, f"{protobuf.TYPE},application/json", token, limit)
            except Expired:
                if not token:
                    raise
                token, limit = "", 0  # the list was kept too short a time for pages: all at once
                continue
            if protobuf.is_binary(response):
                page = protobuf.read_page(response.body, "release")
                items, token = page.items, page.token
            else:
                body = response.json()
                items = [each for item in body.get("items") or [] if (each := self._of_json(item)) is not None]
                token = (body.get("metadata") or {}).get("continue") or ""
            yield from (item for item in items if item.name not in seen)
            if not token:
                return
            seen.update(item.name for item in items)
            limit = max(min(PAGE, PAGE_BYTES * limit // max(len(response.body), 1)), 1)

    def labelled(self, selector: str) -> Iterator[tuple[str, dict[str, str], str]]:
        """Object's name, labels and stamp of the records that a selector matches."""
        for item in self._page(selector, _LABELS_ONLY, "", 0).json().get("items") or []:
            metadata = item.get("metadata") or {}
            yield str(metadata.get("name") or ""), metadata.get("labels") or {}, _stamp(metadata)

    def catalogue(self) -> Catalogue:
        """The records for lists."""
        return self._catalogue

    def _page(self, selector: str, accept: str, token: str, limit: int) -> Response:
        query = [
            ("labelSelector", f"{selector},OWNER={OWNER}" if selector else f"OWNER={OWNER}"),
            ("limit", str(limit)),
        ]
        if token:
            query.append(("continue", token))
        response = self.transport.send(Request("GET", self._path(), tuple(query), {"accept": accept}))
        if (error := _error(protobuf.readable(response))) is not None:
            raise error
        return response

    def _of_json(self, item: dict[str, Any]) -> Stored | None:
        metadata = item.get("metadata") or {}
        name = str(metadata.get("name") or "")
        try:
            return Stored(name, _stamp(metadata), self.unpack(str((item.get("data") or {}).get("release") or "")))
        except codec.CodecError as error:
            _skip(name, error)
            return None

    def _decoded(self, stored: Stored) -> Release | None:
        """The record's release, or None where it is broken: one bad record must not hide the others."""
        try:
            return codec.decode(stored.data)
        except codec.CodecError as error:
            _skip(stored.name, error)
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


def _skip(name: str, error: codec.CodecError) -> None:
    log.warning("skipping record %s: %s", name, error)


def _stamp(metadata: dict[str, Any]) -> str:
    return f"{metadata.get('uid')} {metadata.get('resourceVersion')}"


def _request(method: str, path: str, *, body: dict[str, Any] | None = None) -> Request:
    headers = {"accept": "application/json"}
    if body is None:
        return Request(method, path, headers=headers)
    return Request(method, path, _WRITING, {**headers, "content-type": "application/json"}, json.dumps(body).encode())


def _error(response: Response) -> ApiError | None:
    return ApiError.of(response) if response.status >= 400 else None
