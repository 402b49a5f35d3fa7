"""``helm push``: charts into OCI registries."""

from __future__ import annotations

from helmpy.chart import loader
from helmpy.cli import repository
from helmpy.cli.command import command as make
from helmpy.cli.command import exactly
from helmpy.cli.options import output
from helmpy.cli.output import say, struct_json, yaml_text
from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.chart.model import Chart
    from helmpy.cli.repository import AccessFlags
    from helmpy.home import Settings
    from helmpy.repo.artifact import Stored

ABOUT = """\
Put a packaged chart into an OCI registry, below a repository: its name and version follow.

  helm push web-1.0.0.tgz oci://registry.example.com/charts     makes charts/web:1.0.0

A provenance file beside the archive goes with it. What the registry has already is not sent again.
A plus sign in a version is an underscore in the tag.
"""


class PushError(HelmError):
    """What is to be pushed is no packaged chart, or should go where none can."""


@make("push", usage="[flags] CHART.tgz oci://HOST/REPOSITORY", about=ABOUT)
@output("json", "yaml")
@repository.transport
def command(settings: Settings, args: Sequence[str], *, access: AccessFlags, output: str) -> None:
    exactly(args, "packaged chart", "repository in a registry (oci://HOST/REPOSITORY)")
    from helmpy.repo import oci

    path, remote = args
    if not remote.startswith(repository.OCI):
        scheme = remote.partition("://")[0] if "://" in remote else ""
        raise PushError(f'scheme "{scheme}" not supported: charts are pushed to oci://HOST/REPOSITORY')
    base = oci.parse_base(remote)
    chart, stored = _read(path)
    assert chart.metadata is not None, "a chart that loads has metadata"
    reference = base.below(chart.name, chart.metadata.version)
    with repository.progress(f"Pushing {reference.short}:") as tell:
        digest = repository.registry(settings, access.of()).push(reference, stored, tell)
    shown = {"Ref": reference.short, "Digest": digest}
    if output == "json":
        say(struct_json(shown))
    elif output == "yaml":
        say(yaml_text(shown), end="")
    else:
        say(f"Pushed: {reference.short}\nDigest: {digest}")


def _read(path: str) -> tuple[Chart, Stored]:
    """The chart of an archive, and all of it that goes into a registry. Raises PushError, ChartError."""
    from datetime import UTC, datetime
    from pathlib import Path

    from helmpy.repo import artifact, provenance

    file, beside = Path(path), Path(f"{path}{provenance.SUFFIX}")
    try:
        if file.is_dir():
            raise PushError("cannot push directory, must provide chart archive (.tgz)")
        data = file.read_bytes()
        signature = beside.read_bytes() if beside.exists() else None
        changed = int(file.stat().st_mtime)
    except FileNotFoundError:
        raise PushError(f"{path}: no such file") from None
    except OSError as error:
        raise PushError(f"open {error.filename}: {(error.strerror or str(error)).lower()}") from error
    chart = loader.load_archive(data, path)
    # The time of the file: who pushes the same one again gets the same digest.
    created = datetime.fromtimestamp(changed, UTC).isoformat().replace("+00:00", "Z")
    return chart, artifact.of_chart(data, chart, signature, created)
