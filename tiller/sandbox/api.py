"""The sandbox itself: a request goes in, a response comes out, controllers run in between.

``Api`` is a ``Transport``: code written against a cluster runs on it in-process, without HTTP.
Whoever has no token given is an admin; impersonated users and those of ``tokens`` may do what the stored
RBAC objects let them.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiller.kube.transport import NOT_MODIFIED, ApiError, Request, Response, Unreachable
from tiller.sandbox import call, discovery, reading, reviews, status, subresources, watch, writing
from tiller.sandbox.call import Call, User
from tiller.sandbox.controllers import Controllers, PodRunner
from tiller.sandbox.objects import Objects
from tiller.sandbox.status import Refusal
from tiller.sandbox.store import Disk, Store

JSON_TYPE = "application/json"
_HEALTH = {"healthz", "livez", "readyz"}


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that goes on: ``lines`` without newlines; an empty one says only that nothing came."""

    lines: Iterator[bytes]
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": JSON_TYPE})


class Api:
    """An embedded Kubernetes API; safe to use from many threads.

    ``clock`` gives Unix seconds and drives timestamps and ``ready_after``, the seconds until a new
    pod turns ready. ``tokens`` maps bearer tokens to users; where it is given, requests without a
    known one get 401. ``runner`` starts and stops what pods really run.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        tokens: Mapping[str, User] | None = None,
        ready_after: float = 0.0,
        runner: PodRunner | None = None,
    ) -> None:
        self.store = store
        self.tokens = tokens
        self.objects = Objects(store, clock, chance or random.SystemRandom())
        self.controllers = Controllers(self.objects, ready_after=ready_after, runner=runner)
        with store.changed:
            self.controllers.begin()
            store.commit()

    # Transport

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Answer one request; a watch is drained, so give it ``timeoutSeconds``."""
        answer = self.answer(request)
        if isinstance(answer, Response):
            return answer
        end = time.monotonic() + timeout if timeout else None
        lines = []
        for text in answer.lines:
            if end is not None and time.monotonic() > end:
                raise Unreachable(f"{request.method} {request.path}: no end within {timeout} seconds")
            if text:
                lines.append(text)
        return Response(200, answer.headers, b"".join(text + b"\n" for text in lines))

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        """The lines of a watch or of a log as they come; ``timeout`` is the longest silence in seconds."""
        answer = self.answer(request)
        if isinstance(answer, Response):
            if answer.status != 200:
                raise ApiError.of(answer)
            yield from answer.body.splitlines()
            return
        heard = time.monotonic()
        for text in answer.lines:
            if text:
                yield text
                heard = time.monotonic()
            elif timeout is not None and time.monotonic() - heard > timeout:
                raise Unreachable(f"{request.method} {request.path}: no line within {timeout} seconds")

    # Answers

    def handle(self, request: Request) -> Response:
        """``send`` by its other name."""
        return self.send(request)

    def answer(self, request: Request) -> Response | Stream:
        """A response, or what to stream; never raises for anything a client may send."""
        try:
            return self._route(request)
        except Refusal as refusal:
            return refusal.response()
        except RecursionError:
            return status.bad_request("the object is nested too deeply").response()

    def tick(self) -> None:
        """Let controllers see the time: pods that turn ready, processes that died."""
        with self.store.changed:
            self.controllers.tick()
            self.store.commit()

    def advance(self) -> None:
        """``tick``, for tests that just moved their clock."""
        self.tick()

    def _route(self, request: Request) -> Response | Stream:
        call.check_size(request)
        first, *rest = call.parts_of(request.path)
        if first in _HEALTH and request.method == "GET":
            return Response(200, {"content-type": "text/plain; charset=utf-8"}, b"ok")
        user = reviews.who(request, self.tokens)
        if first in {"", "version", "openapi", "swagger-2.0.0.pb-v1"} or (
            len(rest) < (2 if first == "api" else 3) and first in {"api", "apis"}
        ):
            if request.method not in {"GET", "HEAD"}:
                raise status.method_not_allowed()
            return self._describe(request, [first, *rest])
        if first not in {"api", "apis"}:
            return Response(404, {"content-type": "text/plain; charset=utf-8"}, b"404 page not found\n")
        with self.store.changed:
            self.controllers.tick()
            found = call.locate(request, self.objects.registry, user)
            try:
                return self._resource(found)
            finally:
                self.controllers.run()
                self.store.commit()

    def _resource(self, found: Call) -> Response | Stream:
        method = found.request.method
        reviews.enforce(self.objects, found, _verb(found) if not _creates(found) else "create")
        if found.subresource in subresources.HANDLERS:
            return self._subresource(found)
        verb = _verb(found)
        if verb not in found.resource.verbs and not (found.subresource and verb in {"get", "update", "patch"}):
            raise status.method_not_allowed()
        if verb == "create" and found.resource.verbs == ("create",):
            return _json(201, subresources.review(self.objects, found, self.tokens))
        if verb == "watch":
            return self._watch(found)
        if verb in {"get", "list"}:
            body = reading.get(self.objects, found) if verb == "get" else reading.listed(self.objects, found)
            return _json(200, body, head=method == "HEAD")
        writing.check_dry_run(found)
        code, body, warnings = writing.VERBS[verb](self.objects, found)
        headers = {"warning": ", ".join(f'299 - "{_quoted(w)}"' for w in warnings[:20])} if warnings else {}
        return _json(code, reading.shaped(self.objects, found, body), headers)

    def _subresource(self, found: Call) -> Response | Stream:
        answer = subresources.HANDLERS[found.subresource](self.objects, found, self.controllers)
        if isinstance(answer, Iterator):
            return Stream(answer, {"content-type": "text/plain"})
        if isinstance(answer, bytes):
            return Response(200, {"content-type": "text/plain"}, answer)
        code, body = answer
        return _json(code, body)

    def _watch(self, found: Call) -> Stream:
        wanted = reading.watch_of(self.objects, found)
        lines = watch.run(wanted, self.store, time.monotonic, self.tick)
        return Stream(lines, {"content-type": "application/json"})

    def _describe(self, request: Request, parts: list[str]) -> Response:
        registry = self.objects.registry
        if parts[0] == "version":
            return _json(200, discovery.VERSION)
        if parts[0] in {"openapi", "swagger-2.0.0.pb-v1"}:
            return self._openapi(request, parts)
        if parts == [""]:
            names = ["/api", "/api/v1", "/apis", *(f"/apis/{g}" for g in registry.groups()), "/healthz", "/version"]
            return _json(200, {"paths": names})
        if len(parts) == 1:
            for kind, wanted in call.accepts(request):
                if kind == JSON_TYPE and wanted.get("g") == "apidiscovery.k8s.io":
                    version = wanted.get("v", "v2")
                    if version in {"v2", "v2beta1"} and wanted.get("as") == "APIGroupDiscoveryList":
                        names = [""] if parts[0] == "api" else registry.groups()
                        kind = f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
                        return _tagged(request, discovery.aggregated(registry, names, version), kind)
                elif kind in {JSON_TYPE, "*/*", "application/*"}:
                    return _json(200, discovery.versions() if parts[0] == "api" else discovery.groups(registry))
            raise status.not_acceptable()
        if parts[0] == "api":
            if parts[1] != "v1":
                raise status.unknown_path()
            return _json(200, discovery.resource_list(registry, "", "v1"))
        if not parts[1] or parts[1] not in registry.versions:
            return Response(404, {"content-type": "text/plain; charset=utf-8"}, b"404 page not found\n")
        if len(parts) == 2:
            return _json(200, discovery.group(registry, parts[1]))
        if parts[2] not in registry.versions[parts[1]]:
            return Response(404, {"content-type": "text/plain; charset=utf-8"}, b"404 page not found\n")
        return _json(200, discovery.resource_list(registry, parts[1], parts[2]))

    def _openapi(self, request: Request, parts: list[str]) -> Response:
        if parts in (["openapi", "v2"], ["swagger-2.0.0.pb-v1"]):
            kinds = [kind for kind, _ in call.accepts(request)]
            if parts[0] != "openapi" or any("protobuf" in k for k in kinds):
                return Response(200, {"content-type": "application/octet-stream"}, discovery.OPENAPI_V2_PROTOBUF)
            return _json(200, discovery.openapi_v2())
        if parts == ["openapi", "v3"]:
            return _json(200, discovery.openapi_v3(self.objects.registry))
        if parts[:2] == ["openapi", "v3"]:
            return _json(200, discovery.openapi_v3_document())
        raise status.unknown_path()


def _quoted(text: str) -> str:
    return (
        "".join(c if c.isprintable() and c.isascii() else "?" for c in text).replace("\\", "\\\\").replace('"', '\\"')
    )


def _verb(found: Call) -> str:
    method = found.request.method
    if method in {"GET", "HEAD"}:
        if found.flag("watch") and not found.subresource:
            return "watch"
        return "get" if found.name else "list"
    if found.name:
        return {"PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(method, "none")
    return {"POST": "create", "DELETE": "deletecollection"}.get(method, "none")


def _creates(found: Call) -> bool:
    return bool(found.subresource) and found.request.method == "POST"


def _json(code: int, body: Any, headers: Mapping[str, str] | None = None, *, head: bool = False) -> Response:
    data = b"" if head else json.dumps(body, separators=(",", ":")).encode() + b"\n"
    return Response(code, {"content-type": JSON_TYPE, **(headers or {})}, data)


def _tagged(request: Request, body: Any, kind: str) -> Response:
    """An answer with a tag, and nothing but it for who has this answer already."""
    made = _json(200, body, {"content-type": kind})
    tag = f'"{hashlib.sha512(made.body).hexdigest().upper()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(NOT_MODIFIED, {"etag": tag})
    return Response(200, {**made.headers, "etag": tag, "vary": "Accept"}, made.body)


def memory_api(
    clock: Callable[[], float] = time.time,
    *,
    seed: int | None = None,
    tokens: Mapping[str, User] | None = None,
    ready_after: float = 0.0,
) -> Api:
    """A sandbox in memory. With a ``seed``, generated names and uids are the same in every run."""
    chance = random.Random(seed) if seed is not None else None  # noqa: S311 - names, not secrets
    return Api(Store(), clock=clock, chance=chance, tokens=tokens, ready_after=ready_after)


def stored_api(path: str, **options: Any) -> Api:
    """A sandbox whose objects live in the SQLite file ``path``."""
    return Api(Store(Disk(path)), **options)
