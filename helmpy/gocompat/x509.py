"""What is asked of a server's certificate: what Go asks, whichever Python this is.

Python 3.13 refuses authorities that do not say what their key is for, and certificates that do not name the key that
signed them: those of many clusters, and Helm takes them. An older Python wants the root of every chain, where Go is
content with any certificate that it was told to trust. Source: crypto/x509, Certificate.Verify.
"""

from __future__ import annotations

import ssl

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context, resolve_cert_reqs


def as_go(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, made to look at certificates as Go does."""
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    return context


def trust_as_go(manager: PoolManager) -> PoolManager:
    """Have all connections that the manager will make look at certificates as Go does."""
    manager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _Pool}
    return manager


class _Connection(HTTPSConnection):
    def connect(self) -> None:
        # A context for each: files are read into it, and what other threads do with it meanwhile is not defined.
        if self.ssl_context is None:
            self.ssl_context = as_go(create_urllib3_context(cert_reqs=resolve_cert_reqs(self.cert_reqs)))
            if not (self.ca_certs or self.ca_cert_dir or self.ca_cert_data):
                self.ssl_context.load_default_certs()
        super().connect()


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection
