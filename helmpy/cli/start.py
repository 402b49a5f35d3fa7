"""The console script ``helm``: what is done before the first module of the command line is loaded."""

from __future__ import annotations

import gc
import os

from helmpy.cli import importer


def entry() -> None:
    """Run the command line of ``sys.argv`` and leave the process."""
    # What a run makes lives until it ends: looking for garbage costs a third of rendering a big chart. A
    # bound stays, so that a server process that is started from here can't grow for good.
    gc.set_threshold(1_000_000, 5, 5)
    importer.install(os.environ)
    from helmpy.cli.main import entry as run

    run()
