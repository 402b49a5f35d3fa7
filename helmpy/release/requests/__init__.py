"""What a client asks of tiller and what it answers: one record per message of the service.

Field names follow Helm 2.17's ``hapi.services.tiller`` messages; timeouts are whole seconds. Each call's records
are in a module of their own, loaded when one is asked for: a record takes 0.05 ms, and a client makes one call.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.release.requests.content import ContentRequest, ContentResponse
    from helmpy.release.requests.history import HistoryRequest, HistoryResponse
    from helmpy.release.requests.install import InstallRequest, InstallResponse
    from helmpy.release.requests.listing import ListRequest, ListResponse, SortBy, SortOrder
    from helmpy.release.requests.rollback import RollbackRequest, RollbackResponse
    from helmpy.release.requests.status import StatusRequest, StatusResponse
    from helmpy.release.requests.test import TestRequest, TestResponse
    from helmpy.release.requests.uninstall import UninstallRequest, UninstallResponse
    from helmpy.release.requests.update import UpdateRequest, UpdateResponse
    from helmpy.release.requests.version import Version, VersionRequest, VersionResponse

__all__ = [
    "ContentRequest",
    "ContentResponse",
    "HistoryRequest",
    "HistoryResponse",
    "InstallRequest",
    "InstallResponse",
    "ListRequest",
    "ListResponse",
    "RollbackRequest",
    "RollbackResponse",
    "SortBy",
    "SortOrder",
    "StatusRequest",
    "StatusResponse",
    "TestRequest",
    "TestResponse",
    "UninstallRequest",
    "UninstallResponse",
    "UpdateRequest",
    "UpdateResponse",
    "Version",
    "VersionRequest",
    "VersionResponse",
]

_HOMES = {
    "ContentRequest": "content",
    "ContentResponse": "content",
    "HistoryRequest": "history",
    "HistoryResponse": "history",
    "InstallRequest": "install",
    "InstallResponse": "install",
    "ListRequest": "listing",
    "ListResponse": "listing",
    "RollbackRequest": "rollback",
    "RollbackResponse": "rollback",
    "SortBy": "listing",
    "SortOrder": "listing",
    "StatusRequest": "status",
    "StatusResponse": "status",
    "TestRequest": "test",
    "TestResponse": "test",
    "UninstallRequest": "uninstall",
    "UninstallResponse": "uninstall",
    "UpdateRequest": "update",
    "UpdateResponse": "update",
    "Version": "version",
    "VersionRequest": "version",
    "VersionResponse": "version",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = f"{__name__}.{_HOMES[name]}"
    __import__(home)
    found = getattr(sys.modules[home], name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
