"""``helm repo``: the chart repositories that a user knows."""

from __future__ import annotations

from helmpy.cli.command import Command, Entry

ABOUT = """\
Add, list, remove, update and index chart repositories.

  helm repo add stable https://charts.helm.sh/stable
  helm repo update
  helm search mysql
"""

TABLE = {
    "add": Entry("helmpy.cli.repo_add", "add a repository"),
    "index": Entry("helmpy.cli.repo_index", "write the index of a directory of charts"),
    "list": Entry("helmpy.cli.repo_list", "list the repositories"),
    "remove": Entry("helmpy.cli.repo_remove", "forget repositories", ("rm",)),
    "update": Entry("helmpy.cli.repo_update", "fetch the newest indexes", ("up",)),
}

command = Command("repo", about=ABOUT, table=TABLE, usage="")
