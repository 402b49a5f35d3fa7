"""``helm registry``: who one is at OCI registries."""

from __future__ import annotations

from helmpy.cli.command import Command, Entry

ABOUT = """\
Log in to and out of OCI registries, from which charts are taken by oci://HOST/REPOSITORY/CHART.

  helm registry login registry.example.com
  helm push web-1.0.0.tgz oci://registry.example.com/charts
  helm install oci://registry.example.com/charts/web --version '^1.0'

Logins are kept in $HELM_HOME/registry/config.json; those of Helm 3 and Docker are used too.
"""

TABLE = {
    "login": Entry("helmpy.cli.registry_login", "log in to a registry"),
    "logout": Entry("helmpy.cli.registry_logout", "forget a login"),
}

command = Command("registry", about=ABOUT, table=TABLE, usage="")
