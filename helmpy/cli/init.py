"""``helm init``: the client's directory, and Tiller in the cluster."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from helmpy.cli import home_files, options, tiller_manifest
from helmpy.cli.command import boolean, flag, integer, nothing, string, strings
from helmpy.cli.command import command as make
from helmpy.cli.output import debug, say, waiting, warn
from helmpy.cli.pflags import Kind, UsageError
from helmpy.errors import HelmError
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


ABOUT = """\
Set up the client's directory, and Tiller in the cluster of the kubeconfig.

--client-only leaves the cluster alone. --dry-run --debug, or --output, show Tiller's manifests.
--upgrade changes a Tiller that is there.
"""
_SECURITY_NOTE = """
Please note: by default, Tiller is deployed with an insecure 'allow unauthenticated users' policy.
To prevent this, run `helm init` with the --tiller-tls-verify flag.
For more information on securing your installation see: https://v2.helm.sh/docs/securing_installation/"""


def _format(text: str) -> str:
    if text not in {"json", "yaml"}:
        raise ValueError(f'unknown output format "{text}"')
    return text


@make("init", about=ABOUT)
@boolean("automount-service-account-token", about="mount the service account's token", default=True)
@boolean("canary-image", about="refused: there is no image of the newest build; name an image with -i")
@boolean("client-only", "c", about="set up the client's directory only")
@boolean("dry-run", about="change nothing, here or there")
@boolean("force-upgrade", about="let --upgrade go to an older version")
@boolean("net-host", about="run Tiller in the node's network")
@boolean("skip-refresh", about="do not download the repositories' indexes")
@boolean("skip-repos", about="set up no repositories")
@boolean("tiller-tls", about="Tiller speaks TLS")
@boolean("tiller-tls-verify", about="Tiller speaks TLS and demands certificates of clients")
@boolean("upgrade", about="change a Tiller that is there")
@boolean("wait", about="wait until Tiller answers")
@integer("history-max", about="most revisions to keep per release; 0: all")
@integer("replicas", about="number of Tiller pods", default=1)
@string("local-repo-url", about="URL of the repository local", default=home_files.LOCAL_URL)
@string("node-selectors", about="labels of the nodes for Tiller: a=b,c=d")
@string("service-account", about="service account of Tiller")
@string("stable-repo-url", about="URL of the repository stable", default=home_files.STABLE_URL)
@string("tiller-image", "i", about="image of Tiller")
@string("tiller-tls-cert", about="PEM file: Tiller's certificate")
@string("tiller-tls-hostname", about="name to expect in Tiller's certificate")
@string("tiller-tls-key", about="PEM file: Tiller's private key")
@string("tls-ca-cert", about="PEM file: the authorities whose clients Tiller trusts")
@boolean("use-deprecated-stable-repository", about="take the old address of the stable repository, which is gone")
@strings("override", about="set a value in Tiller's Deployment: key=value")
@flag(
    "output",
    "o",
    kind=Kind("OutputFormat", _format),
    default="",
    about="print Tiller's manifests as json or yaml, do nothing else",
)
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    client_only: bool,
    dry_run: bool,
    upgrade: bool,
    wait: bool,
    output: str,
    skip_refresh: bool,
    skip_repos: bool,
    stable_repo_url: str,
    local_repo_url: str,
    tiller_tls_hostname: str,
    use_deprecated_stable_repository: bool,
    **tiller: object,
) -> None:
    nothing(args)
    wanted = tiller_options(settings, tiller)
    objects = tiller_manifest.objects(wanted)
    if output:
        say(tiller_manifest.as_yaml(objects) if output == "yaml" else tiller_manifest.as_json(objects), end="")
        return
    if settings.debug:
        say(tiller_manifest.as_yaml(objects), end="")
    if dry_run:
        return
    if wanted.tls is not None and not client_only:
        wanted.tls.check()
    if use_deprecated_stable_repository:
        warn(
            "WARNING: the old stable repository is gone since November 13, 2020; "
            f"{home_files.STABLE_URL} has what it had"
        )
        stable_repo_url = home_files.DEPRECATED_STABLE_URL
    home_files.ensure(
        settings.home,
        stable_url=stable_repo_url,
        local_url=local_repo_url,
        skip_repos=skip_repos,
        fetch=partial(_check_scheme if skip_refresh else _fetch_stable, settings),
    )
    say(f"$HELM_HOME has been configured at {settings.home}.")
    if client_only:
        say("Not installing Tiller due to 'client-only' flag having been set")
    else:
        _install(settings, wanted, upgrade=upgrade, wait=wait, hostname=tiller_tls_hostname)


def _check_scheme(settings: Settings, url: str) -> None:
    """Refuse a repository that nothing here can fetch from. Raises HelmError."""
    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme in ("http", "https"):
        return
    from helmpy.cli import repository

    if not repository.getters(settings).knows(url):
        raise home_files.HomeError(f"error initializing: Could not find protocol handler for: {scheme}")


def _fetch_stable(settings: Settings, url: str) -> None:
    """Keep the index of stable, as search and install want it. Raises HelmError."""
    from helmpy.cli import repository
    from helmpy.repo import catalogue, downloader
    from helmpy.repo.getter import Access

    try:
        data, index = downloader.fetch_index(repository.getters(settings), url, Access(url))
    except HelmError as error:
        hint = "--skip-refresh goes without its index, --stable-repo-url names another address"
        raise home_files.HomeError(f"error initializing: {error}", hint=hint) from error
    catalogue.store(settings.home.cache_index("stable"), data, index)


def tiller_options(settings: Settings, flags: dict[str, object]) -> tiller_manifest.Options:
    """What the flags ask of Tiller. Raises HelmError where files are missing."""
    f = dict(flags)
    if f["canary_image"]:
        raise UsageError(
            f"--canary-image is not possible: nobody builds {tiller_manifest.REPOSITORY}:canary, "
            "an image of Tiller's newest state; name an image with --tiller-image"
        )
    return tiller_manifest.Options(
        namespace=settings.tiller_namespace,
        image=str(f["tiller_image"]),
        service_account=str(f["service_account"]),
        automount_token=bool(f["automount_service_account_token"]),
        replicas=int(str(f["replicas"])),
        history_max=int(str(f["history_max"])),
        host_network=bool(f["net_host"]),
        node_selectors=tiller_manifest.node_selectors(str(f["node_selectors"])),
        overrides=tuple(f["override"]) if isinstance(f["override"], tuple) else (),
        tls=_tls(f),
        force_upgrade=bool(f["force_upgrade"]),
    )


def _tls(flags: dict[str, object]) -> tiller_manifest.TlsFiles | None:
    """TLS where a flag asks for it, or where Tiller's certificate and key are both given."""
    key, cert, ca = (str(flags[name]) for name in ("tiller_tls_key", "tiller_tls_cert", "tls_ca_cert"))
    verify = bool(flags["tiller_tls_verify"])
    if not (verify or flags["tiller_tls"] or (key and cert)):
        return None
    return tiller_manifest.TlsFiles(
        key=_needed(key, "key"),
        cert=_needed(cert, "certificate"),
        ca=_needed(ca, "CA") if verify or ca else b"",
        verify=verify,
    )


def _needed(path: str, what: str) -> bytes:
    if not path or not Path(path).is_file():
        raise UsageError(f"missing required TLS {what} file")
    return Path(path).read_bytes()


def _install(settings: Settings, wanted: tiller_manifest.Options, *, upgrade: bool, wait: bool, hostname: str) -> None:
    from helmpy import installer, kubeapi

    try:
        api = kubeapi.connect(settings.kubeconfig, settings.kube_context)
    except kubeapi.NoContext as error:
        raise kubeapi.NoContext(f"could not get kubernetes client: {error}") from error
    objects = tiller_manifest.objects(wanted)
    try:
        installer.install(api, objects)
    except installer.AlreadyInstalled as error:
        debug(settings, f"The error received while trying to init: {error}")
        if not upgrade:
            say("Warning: Tiller is already installed in the cluster.")
            say("(Use --client-only to suppress this message, or --upgrade to upgrade Tiller to the current version.)")
        else:
            installer.upgrade(api, objects, force=wanted.force_upgrade)
            say(f"\nTiller (the Helm server-side component) has been updated to {wanted.selected_image} .")
    else:
        say("\nTiller (the Helm server-side component) has been installed into your Kubernetes Cluster.")
        if wanted.tls is None or not wanted.tls.verify:
            say(_SECURITY_NOTE)
    if wait:
        with waiting("waiting for Tiller"):
            installer.wait_until_ready(api, wanted.namespace, wanted.selected_image, float(settings.connection_timeout))
            _ping(settings, wanted, hostname)


def _ping(settings: Settings, wanted: tiller_manifest.Options, hostname: str) -> None:
    from helmpy.cli.connection import connected

    files = options.TlsFlags(
        enabled=wanted.tls is not None,
        ca_cert="$HELM_HOME/ca.pem",
        cert="$HELM_HOME/cert.pem",
        key="$HELM_HOME/key.pem",
        hostname=hostname,
    )
    with connected(settings, files) as tiller:
        tiller.ping()
