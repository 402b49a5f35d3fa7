"""``helm plugin``: programs that add commands to helm."""

from __future__ import annotations

from helmpy.cli.command import Command, Entry

ABOUT = """\
Install, list, update and remove plugins: programs that add commands to helm.

A plugin is a directory with a plugin.yaml; those of Helm 2 work as they are.
"""

TABLE = {
    "install": Entry("helmpy.cli.plugin_install", "install a plugin"),
    "list": Entry("helmpy.cli.plugin_list", "list the installed plugins"),
    "remove": Entry("helmpy.cli.plugin_remove", "remove plugins"),
    "update": Entry("helmpy.cli.plugin_update", "bring plugins to their newest state"),
}

command = Command("plugin", about=ABOUT, table=TABLE, usage="")
