"""``helm version``: the client's and Tiller's."""

from __future__ import annotations

from helmpy import __version__
from helmpy.cli import options
from helmpy.cli.command import boolean, string
from helmpy.cli.command import command as make
from helmpy.cli.output import debug, say, structured
from helmpy.errors import HelmError
from helmpy.home import Settings
from helmpy.release.requests import Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class NoTiller(HelmError):
    """Tiller does not tell its version."""


@make("version", about="Print the versions of the client and of Tiller.")
@boolean("client", "c", about="only the client's")
@boolean("server", "s", about="only Tiller's")
@boolean("short", about="the bare number")
@string("template", about="Go template over .Client and .Server")
@options.output("json", "yaml", default="", refusal="unsupported format {}")
@options.tls
def command(
    settings: Settings,
    _args: Sequence[str],
    *,
    client: bool,
    server: bool,
    short: bool,
    template: str,
    output: str,
    tls: options.TlsFlags,
) -> None:
    both = client == server
    quiet = bool(template or output)
    data: dict[str, Version] = {}
    if client or both:
        data["Client"] = Version(f"v{__version__}")
        _print("Client", data, short=short, quiet=quiet)
    if server or both:
        data["Server"] = _server(settings, tls)
        _print("Server", data, short=short, quiet=quiet)
    if output:
        say(structured({side: _as_struct(version) for side, version in data.items()}, output))
    elif template:
        from helmpy.cli.go_template import go_value, shown

        say(shown(template, {side: go_value(version) for side, version in data.items()}), end="")


def _server(settings: Settings, tls: options.TlsFlags) -> Version:
    from helmpy.cli.connection import connected
    from helmpy.client import TillerError
    from helmpy.release.error import ReleaseError

    with connected(settings, tls) as tiller:
        if settings.debug:
            _say_cluster(settings)
        try:
            return tiller.version()
        except (TillerError, ReleaseError) as error:
            debug(settings, str(error))
            raise NoTiller("cannot connect to Tiller", hint=str(error)) from error


def _say_cluster(settings: Settings) -> None:
    """The version of Kubernetes, for --debug."""
    from helmpy import kubeapi

    try:
        found = kubeapi.connect(settings.kubeconfig, settings.kube_context).get("/version")
    except HelmError as error:
        debug(settings, str(error))
        return
    names = ("Major", "Minor", "GitVersion", "GitCommit", "GitTreeState", "BuildDate", "GoVersion", "Compiler")
    pairs = ((name, found.get(name[0].lower() + name[1:], "")) for name in (*names, "Platform"))
    say("Kubernetes: &version.Info{" + ", ".join(f'{name}:"{text}"' for name, text in pairs) + "}")


def _as_struct(version: Version) -> dict[str, str]:
    """The fields by the names that --template knows them by."""
    return {"SemVer": version.sem_ver, "GitCommit": version.git_commit, "GitTreeState": version.git_tree_state}


def _print(side: str, data: dict[str, Version], *, short: bool, quiet: bool) -> None:
    if quiet:
        return
    found = data[side]
    number, commit, state = found.sem_ver, found.git_commit, found.git_tree_state
    if short and commit:
        say(f"{side}: {number}+g{commit[:7]}")
    else:
        say(f'{side}: &version.Version{{SemVer:"{number}", GitCommit:"{commit}", GitTreeState:"{state}"}}')
