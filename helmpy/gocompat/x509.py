"""What is asked of a server's certificate: what Go asks, whichever Python this is.

Python 3.13 refuses authorities that do not say what their key is for, and certificates that do not name the key that
signed them: those of many clusters, and Helm takes them. An older Python wants the root of every chain, where Go is
content with any certificate that it was told to trust. Source: crypto/x509, Certificate.Verify.
"""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

from urllib3 import PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context, resolve_cert_reqs


def as_go(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, made to look at certificates as Go does."""
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    context.hostname_checks_common_name = False  # a certificate that lists no names is nobody's
    return context


def trust_as_go(manager: PoolManager) -> PoolManager:
    """Have all connections that the manager will make look at certificates as Go does.

    They go the way that the manager has for them: one for SOCKS proxies has classes of its own.
    """
    known = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {**known, "https": _pool_of(known["https"])}
    return manager


class _Looking(HTTPSConnection):
    def connect(self) -> None:
        # A context for each: files are read into it, and what other threads do with it meanwhile is not defined.
        if self.ssl_context is None:
            self.ssl_context = as_go(create_urllib3_context(cert_reqs=resolve_cert_reqs(self.cert_reqs)))
            if not (self.ca_certs or self.ca_cert_dir or self.ca_cert_data):
                self.ssl_context.load_default_certs()
        super().connect()


@cache
def _pool_of(pool: Any) -> Any:
    """A class of pools like this one; it keeps the names, which messages tell."""
    made = pool.ConnectionCls
    if issubclass(made, _Looking):
        return pool  # one manager is kept for each proxy, and comes here again
    return type(pool.__name__, (pool,), {"ConnectionCls": type(made.__name__, (_Looking, made), {})})
