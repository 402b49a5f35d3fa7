"""``helm verify``: whether a packaged chart is what its provenance file says."""

from __future__ import annotations

import os
from pathlib import Path

from helmpy.cli.command import command as make
from helmpy.cli.pflags import UsageError
from helmpy.cli.repository import KEYRING
from helmpy.errors import HelmError
from helmpy.repo import provenance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings

ABOUT = """\
Check a packaged chart against its provenance file, which stands beside it (ARCHIVE.prov).

Nothing is printed where all is right: the archive is unchanged, and signed by a key of the keyring.
"""


@make("verify", usage="[flags] PATH", about=ABOUT)
@KEYRING
def command(_settings: Settings, args: Sequence[str], *, keyring: str) -> None:
    if not args:
        raise UsageError("a path to a package file is required")
    check(args[0], keyring)


def check(name: str, keyring: str) -> provenance.Verification:
    """Verify an archive by the provenance file beside it. Raises HelmError in Helm's words."""
    path = Path(name)
    try:
        is_directory = os.stat(name).st_mode & 0o170000 == 0o040000  # noqa: PTH116 - no name at all is not the current directory
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise HelmError(f"stat {name}: {reason}") from error
    if is_directory:
        raise HelmError("unpacked charts cannot be verified")
    if path.suffix not in (".tgz", ".tar.gz", ".gz"):
        raise HelmError("chart must be a tgz file")
    signature = Path(f"{name}{provenance.SUFFIX}")
    if not signature.is_file():
        raise HelmError(f"could not load provenance file {signature}: stat {signature}: no such file or directory")
    return provenance.verify(path.read_bytes(), path.name, signature.read_bytes(), keyring)
