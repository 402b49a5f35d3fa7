"""``python -m tiller.sandbox --state DIR``: an embedded Kubernetes API on loopback, as one process.

Options: ``--state DIR`` (required, made 0700 where missing), ``--listen HOST:PORT`` (loopback only;
default ``127.0.0.1:0`` = the port of the last run where it is still free, else any free one),
``--no-spawn`` (tiller pods become ready without a process behind them), ``--ready-after SECONDS``
(pods turn ready that much later; default 0).

The process runs in the foreground of whoever started it; a caller that wants it in the background
starts it with ``start_new_session=True`` and its output sent to ``DIR/sandbox.log``. It is up once
``DIR/sandbox.json`` exists, names the child's pid, and GET ``server``/readyz says ``ok``. SIGTERM or SIGINT ends it within a few
seconds, its child processes too, and removes ``sandbox.json``. Exit status: 0 after a signal, 1 with
one line on stderr where it could not start (also where another process holds DIR).

Files, all 0600, written atomically (other file, then rename):

``DIR/sandbox.json``   only while the process runs (a killed one leaves it: look at the lock, or the pid)::

    {"pid": 4711, "server": "http://127.0.0.1:40123", "host": "127.0.0.1", "port": 40123,
     "token": "…", "version": "v1.29.0+sandbox", "started": "2026-01-02T03:04:05Z",
     "kubeconfig": "/abs/DIR/kubeconfig"}

``DIR/kubeconfig``     one cluster, user, context, each named ``sandbox`` (plain http, bearer token);
                       kept after the end, port and token stay the same over restarts where the port is free
``DIR/settings.json``  {"port": 40123, "token": "…"}: what the next start takes up again
``DIR/sandbox.db``     SQLite: objects and the resourceVersion counter
``DIR/sandbox.lock``   held (flock) by the running process; free = no sandbox runs here
``DIR/pods/``          0700: per pod a directory of its mounted secrets and its ``log``

A reset is: stop the process, then remove DIR.
"""
