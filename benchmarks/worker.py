"""Render a chart again and again in one process, when told; run by itself, by either side's Python.

    python worker.py ours|theirs CHART

``theirs`` is Helm's own engine as a shared library, PyPI's ``helm-python-sdk``. Both load the chart
once. Each number on standard input is answered by the seconds on the clock and of processor that
so many renderings took; the first answer, with 0 renderings, says that it began.
"""

import sys
import time
from collections.abc import Callable, Mapping


def ours(chart: str) -> Callable[[], Mapping[str, str]]:
    """What Tiller does between reading a chart and sorting its manifests."""
    from helmpy.chart import capabilities, loader, requirements
    from helmpy.chart.capabilities import Capabilities, KubeVersion
    from helmpy.engine import ReleaseOptions, render

    loaded = loader.load(chart)
    dialect = 3 if loaded.is_v2 else 2
    cluster = Capabilities(KubeVersion.parse("1.29"), capabilities.default_api_versions(dialect))
    release = ReleaseOptions("bench", "default")

    def rendered() -> Mapping[str, str]:
        return render(requirements.process(loaded, {}, written=False), {}, release, cluster)

    return rendered


def theirs(chart: str) -> Callable[[], Mapping[str, str]]:
    from helm_python.chart import Chart  # type: ignore[import-not-found]  # in that side's environment only

    loaded = Chart.load(chart)
    return lambda: loaded.render({})


def main() -> None:
    side, chart = sys.argv[1:]
    rendered = (ours if side == "ours" else theirs)(chart)
    assert rendered()
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            rendered()
        print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)


if __name__ == "__main__":
    main()
