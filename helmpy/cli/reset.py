"""``helm reset``: Tiller out of the cluster."""

from __future__ import annotations

import shutil

from helmpy.cli import options, tiller_manifest
from helmpy.cli.command import boolean, nothing
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.output import debug, say
from helmpy.cli.pflags import UsageError
from helmpy.errors import HelmError
from helmpy.home import Settings
from helmpy.release.model import StatusCode
from helmpy.release.requests import ListRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class StillReleases(HelmError):
    """Tiller has releases to look after."""


@make("reset", about="Remove Tiller from the cluster. Its records of releases stay.")
@boolean("force", "f", about="even while there are releases, or Tiller does not answer")
@boolean("remove-helm-home", about="remove the client's directory too")
@options.tls
def command(
    settings: Settings, args: Sequence[str], *, force: bool, remove_helm_home: bool, tls: options.TlsFlags
) -> None:
    from helmpy import installer, kubeapi
    from helmpy.tunnel import NoPod

    try:
        deployed = _deployed(settings, args, tls)
    except HelmError as error:
        if not force or isinstance(error, (NoPod, UsageError)):
            raise
        nothing(args)
        debug(settings, str(error))
        deployed = 0
    if deployed and not force:
        raise StillReleases(
            f"there are still {deployed} deployed releases (Tip: use --force to remove Tiller. "
            "Releases will not be deleted.)"
        )
    api = kubeapi.connect(settings.kubeconfig, settings.kube_context)
    empty = tiller_manifest.TlsFiles(b"", b"")
    installer.uninstall(
        api, tiller_manifest.objects(tiller_manifest.Options(namespace=settings.tiller_namespace, tls=empty))
    )
    if remove_helm_home:
        _remove(settings)
    say("Tiller (the Helm server-side component) has been uninstalled from your Kubernetes Cluster.")


def _deployed(settings: Settings, args: Sequence[str], tls: options.TlsFlags) -> int:
    with connected(settings, tls) as tiller:
        nothing(args)  # as in Helm, a Tiller that is missing is told first
        return len(tiller.list(ListRequest(status_codes=(StatusCode.DEPLOYED,))).releases)


def _remove(settings: Settings) -> None:
    home = settings.home.path
    if not home.exists():
        return
    if not settings.home.repository_file.is_file():
        raise HelmError(f"{home} does not look like a directory of Helm's; remove it by hand")
    say(f"Deleting {home} ")
    shutil.rmtree(home)
