"""``helm dependency``: the charts that a chart needs."""

from __future__ import annotations

from helmpy.cli.command import Command, Entry

ABOUT = """\
Manage the dependencies of a chart: those that requirements.yaml lists, or Chart.yaml of a v2 chart.

  dependencies:
  - name: mysql
    version: "^1.2"
    repository: https://example.com/charts      a repository's URL, or
  - name: web
    version: "0.1.0"
    repository: "@stable"                       the name of one that was added, or
  - name: db
    version: ">=1.0"
    repository: oci://example.com/charts        a registry, or
  - name: lib
    version: "0.1.0"
    repository: "file://../lib"                 a directory beside the chart
"""

TABLE = {
    "build": Entry("helmpy.cli.dependency_build", "fill charts/ with what the lock file says"),
    "list": Entry("helmpy.cli.dependency_list", "list the dependencies and what charts/ has of them", ("ls",)),
    "update": Entry("helmpy.cli.dependency_update", "fill charts/ with the newest that fit, and lock them", ("up",)),
}

command = Command("dependency", about=ABOUT, table=TABLE, usage="")
