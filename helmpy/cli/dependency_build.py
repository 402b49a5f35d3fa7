"""``helm dependency build``."""

from __future__ import annotations

from pathlib import Path

from helmpy.cli.command import boolean
from helmpy.cli.command import command as make
from helmpy.cli.dependencies import Vendor
from helmpy.cli.repository import KEYRING, Check, transport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.cli.repository import AccessFlags
    from helmpy.home import Settings

ABOUT = """\
Fill charts/ with the very versions that the lock file names; without a lock file this is update.
"""


@make("build", usage="[flags] CHART", about=ABOUT)
@boolean("verify", about="check the signatures of archives that have one")
@KEYRING
@transport
def command(settings: Settings, args: Sequence[str], *, verify: bool, keyring: str, access: AccessFlags) -> None:
    path = Path(args[0] if args else ".")
    Vendor(settings, path, Check.IF_POSSIBLE if verify else Check.NEVER, keyring, access=access).build()
