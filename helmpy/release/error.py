"""The error of every operation on a release."""

from __future__ import annotations

from helmpy.errors import HelmError


class ReleaseError(HelmError):
    """An operation on a release failed or was refused."""
