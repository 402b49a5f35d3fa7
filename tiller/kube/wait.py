"""Waiting until objects are ready."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from tiller.clock import Deadline, WaitTimeout
from tiller.kube.cluster import Cluster
from tiller.kube.objects import KubeObject
from tiller.kube.ready import unready

log = logging.getLogger(__name__)

FIRST = 0.25  # seconds before the second look; most objects are ready soon
POLL = 2.0  # seconds between looks at most
SLOWER = 0.4  # of the time that it took so far is the pause before the next look


def until_ready(cluster: Cluster, wanted: Iterable[KubeObject], deadline: Deadline, *, jobs: bool = False) -> None:
    """Return when every object is ready, and with ``jobs`` every job has completed.

    Raises JobFailed, and WaitTimeout after logging what was missing.
    """
    waiting, waited = list(wanted), 0.0
    while True:
        lacks = [(each, text) for each in waiting if (text := unready(cluster, each, jobs=jobs))]
        if not lacks:
            return
        waiting = [each for each, _ in lacks]
        try:
            pause = min(max(FIRST, waited * SLOWER), POLL)
            deadline.sleep(pause)
            deadline.check()
            waited += pause
        except WaitTimeout:
            for each, text in lacks:
                log.warning("not ready in time: %s %s: %s", each.kind, each.name, text)
            raise
