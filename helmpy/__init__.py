"""Helm 2 in Python: charts, template engine, client."""

__version__ = "2.17.0"
