"""What makes connections for requests: they look at certificates as Go does."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager

from helmpy.gocompat.x509 import trust_as_go


class Adapter(HTTPAdapter):
    """For addresses that begin with ``https://``, through proxies too."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        trust_as_go(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        made: PoolManager = super().proxy_manager_for(proxy, **options)
        return trust_as_go(made)
