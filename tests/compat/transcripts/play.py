"""Play scenes by hand: ``python -m tests.compat.transcripts.play [SCENE...]`` shows where the two differ."""

from __future__ import annotations

import difflib
import sys
import tempfile
from pathlib import Path

from tests.compat.transcripts.stage import HERE, masked, staged


def main() -> int:
    scenes = [HERE / "scenes" / f"{name}.sh" for name in sys.argv[1:]] or sorted((HERE / "scenes").glob("*.sh"))
    worse = 0
    with tempfile.TemporaryDirectory() as directory, staged(Path(directory)) as stage:
        for scene in scenes:
            theirs, ours = (masked(stage.play(scene, who).text()).splitlines() for who in ("theirs", "ours"))
            lines = list(difflib.unified_diff(theirs, ours, "theirs", "ours", lineterm="", n=3))
            worse += bool(lines)
            print(f"=== {scene.stem}: {'differs' if lines else 'same'}", *lines, sep="\n", flush=True)
    return worse


if __name__ == "__main__":
    sys.exit(main())
