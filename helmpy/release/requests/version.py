"""What Tiller is: ``GetVersion``."""

from __future__ import annotations

from helmpy.record import record


@record(frozen=True, slots=True)
class Version:
    sem_ver: str = ""
    git_commit: str = ""
    git_tree_state: str = ""


@record(frozen=True, slots=True)
class VersionRequest:
    pass


@record(frozen=True, slots=True)
class VersionResponse:
    version: Version | None = None
