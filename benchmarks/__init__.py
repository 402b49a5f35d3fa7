"""Helm, ours and theirs, side by side: ``python -m benchmarks --help``."""
