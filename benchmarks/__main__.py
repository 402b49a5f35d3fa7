"""Measure helmpy against real Helm: every figure a ratio of medians from runs in turn.

    .venv/bin/python -m benchmarks --helm2 ~/bin/helm2 --helm3 ~/bin/helm3 --charts ~/charts

Runs go ours, theirs, ours, ... so that a busy machine slows both sides alike. The table is printed;
--write keeps it in benchmarks/README.md. Nothing is asserted: the machine decides.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import commands, jobs
from benchmarks.jobs import ROOT, Missing, Sides
from benchmarks.measure import Failed, Launcher
from benchmarks.report import BEGIN, END, heading, kept, row

JOBS = (*jobs.JOBS, *commands.JOBS)
COMMANDS = "<!-- commands: written by --commands --write -->", "<!-- /commands -->"
README = Path(__file__).with_name("README.md")
OURS = Path(sys.executable).with_name("helm")


def version_of(helm: str) -> str:
    """What a real Helm of either generation says it is."""
    for flags in (["--client", "--short"], ["--short"]):
        told = subprocess.run([helm, "version", *flags], capture_output=True, text=True, check=False)
        if not told.returncode:
            return next(iter(re.findall(r"v\d+\.\d+\.\d+", told.stdout)), "")
    return ""


def real_helm(generation: int) -> str | None:
    """A real Helm of the generation on PATH; ours, where it is there too, is passed by."""
    for name in (f"helm{generation}", "helm", f"helm{generation}.17"):
        path = shutil.which(name)
        if path and Path(path).read_bytes()[:2] != b"#!" and version_of(path).startswith(f"v{generation}."):
            return path
    return None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--job", action="append", choices=[job.name for job in JOBS], help="only this; may be repeated")
    parser.add_argument("--commands", action="store_true", help="whole processes of other commands than template")
    parser.add_argument("--ours", default=str(OURS), help="our helm (default: the one beside this Python)")
    parser.add_argument("--helm2", help="a real Helm 2 (default: helm2 or helm on PATH)")
    parser.add_argument("--helm3", help="a real Helm 3 (default: helm3 or helm on PATH)")
    parser.add_argument("--engine", help="a Python that has helm-python-sdk, Helm's engine in process")
    parser.add_argument("--charts", action="append", type=Path, help="directory of charts; may be repeated")
    parser.add_argument("--runs", type=int, help="runs of each side (default: by job)")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/README.md")
    args = parser.parse_args()
    if args.write and args.job:
        parser.error("--write keeps the whole table, not that of a --job")
    return args


def main() -> None:
    args = arguments()
    helms = args.helm2 or real_helm(2), args.helm3 or real_helm(3)
    lines = heading({f"Helm {number}": version_of(helm) for number, helm in zip((2, 3), helms, strict=True) if helm})
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.defpath, "HOME": home, "HELM_HOME": home, "TZ": "UTC"}
        with Launcher(environment) as launcher, Launcher({**environment, "HELMPY_CACHE": "off"}) as anew:
            sides = Sides(args.ours, *helms, args.engine, args.charts or [ROOT / "charts"], launcher, anew)
            for job in commands.JOBS if args.commands else JOBS if args.job else jobs.JOBS:
                if args.job and job.name not in args.job:
                    continue
                try:
                    line = row(job, job.measure(sides, args.runs or job.runs))
                except (Missing, Failed) as reason:
                    line = row(job, str(reason))
                print(line, flush=True)
                lines.append(line)
    if args.write:
        kept(README, lines, datetime.now(UTC).date().isoformat(), COMMANDS if args.commands else (BEGIN, END))


if __name__ == "__main__":
    main()
