"""Play scenes by hand: ``python -m tests.compat.transcripts.play [SCENE...]`` shows where the two differ."""

from __future__ import annotations

import difflib
import subprocess
import sys

from tests.compat.transcripts.company import assembled
from tests.compat.transcripts.known import exempt
from tests.compat.transcripts.stage import HERE


def main() -> int:
    """Print differences, also those that are known; return the number of scenes with others."""
    scenes = [HERE / "scenes" / f"{name}.sh" for name in sys.argv[1:]] or sorted((HERE / "scenes").glob("*.sh"))
    worse = 0
    with assembled() as company:
        company.rehearse(scenes)
        for scene in scenes:
            try:
                theirs = company.play(scene, "theirs")
                whose = ("ours", "mixed") if theirs.met_tiller else ("ours",)
                others = {who: company.play(scene, who) for who in whose}
            except subprocess.TimeoutExpired as error:
                worse += 1
                print(f"=== {scene.stem}: {error}", flush=True)
                continue
            for who, found in others.items():
                same = theirs.texts(*exempt(scene.stem)) == found.texts(*exempt(scene.stem))
                worse += not same
                print(f"=== {scene.stem} ({who}): {'same' if same else 'differs'}")
                for one, other in zip(theirs.texts(), found.texts(), strict=False):
                    if one != other and not one.startswith("script:"):
                        lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=2)
                        print(one.partition("\n")[0], *lines, sep="\n", flush=True)
    return worse


if __name__ == "__main__":
    sys.exit(main())
