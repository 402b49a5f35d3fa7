"""``helm registry logout``."""

from __future__ import annotations

import os

from helmpy.cli.command import command as make
from helmpy.cli.command import exactly
from helmpy.cli.output import say, warn
from helmpy.home import foreign_registry_configs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings


@make("logout", usage="[flags] HOST", about="Forget the login that is kept for a registry.")
def command(settings: Settings, args: Sequence[str]) -> None:
    exactly(args, "host of the registry")
    from helmpy.repo import credentials, oci

    host = oci.parse_host(args[0])
    credentials.forget(str(settings.home.registry_config), host)
    say(f"Removing login credentials for {host}")
    for path in foreign_registry_configs(os.environ):
        if credentials.knows(path, host):
            warn(f"WARNING: {path} has a login for {host} too, which stays")
