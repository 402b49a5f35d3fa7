"""``helm dependency update``."""

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
Fill charts/ with the newest versions that the list of dependencies allows, and write the lock file.
"""


@make("update", usage="[flags] CHART", about=ABOUT)
@boolean("skip-refresh", about="use the indexes as they were fetched last")
@boolean("verify", about="check the archives' signatures")
@KEYRING
@transport
def command(
    settings: Settings, args: Sequence[str], *, skip_refresh: bool, verify: bool, keyring: str, access: AccessFlags
) -> None:
    path = Path(args[0] if args else ".").absolute()
    check = Check.ALWAYS if verify else Check.NEVER
    Vendor(settings, path, check, keyring, skip_refresh, access, settings.debug).update()
