"""Tiller: the server that owns releases."""
