"""Time `helm template` of charts, ours and a real Helm in turn, whole processes.

    .venv/bin/python benchmarks/template.py --theirs ~/bin/helm2.17 charts/web charts/shop

Prints, per chart, both medians in milliseconds and the ratio (ours / theirs); below them the
geometric mean of the ratios. Nothing is asserted: the machine decides.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HELM3 = ("v3.", "v4.")


def command(helm: str, chart: str) -> list[str]:
    """The command line for a Helm of either generation: 3 and 4 take the name as an argument."""
    version = subprocess.run([helm, "version", "--client", "--short"], capture_output=True, text=True, check=False)
    if any(v in version.stdout for v in HELM3):
        return [helm, "template", "bench", chart]
    return [helm, "template", "--name", "bench", chart]


def once(line: list[str], environment: dict[str, str]) -> float:
    """Seconds of one run. A run that fails would time an error message, so it ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(line, capture_output=True, env=environment, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(line)} failed:\n{done.stderr.decode(errors='replace')[:500]}")
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("charts", nargs="+")
    parser.add_argument("--ours", default=str(Path(sys.executable).parent / "helm"))
    parser.add_argument("--theirs", default=shutil.which("helm"), help="a real Helm (default: helm on PATH)")
    parser.add_argument("--runs", type=int, default=15, help="runs of each, in turn")
    args = parser.parse_args()
    if args.theirs is None:
        parser.error("no real Helm on PATH; name one with --theirs")
    ratios = []
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HELM_HOME": home, "HOME": home}
        print(f"{'chart':40} {'ours ms':>9} {'theirs ms':>9} {'ratio':>6}")
        for chart in args.charts:
            lines = command(args.ours, chart), command(args.theirs, chart)
            for line in lines:
                once(line, environment)
            pairs = [(once(lines[0], environment), once(lines[1], environment)) for _ in range(args.runs)]
            ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
            ratios.append(ours / theirs)
            print(f"{Path(chart).name:40} {ours * 1000:9.1f} {theirs * 1000:9.1f} {ratios[-1]:6.2f}")
    print(f"geometric mean of {len(ratios)}: {math.exp(statistics.fmean(map(math.log, ratios))):.2f}")


if __name__ == "__main__":
    main()
