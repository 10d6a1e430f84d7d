"""boto3 towards one endpoint; clients are made once, since each costs 60 ms."""

import os
import threading
from collections.abc import Mapping
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from harness.model import Stage
from harness.targets.endpoint import Endpoint


class Aws:
    """Clients for one endpoint (None: AWS itself), region and account. Safe to share between
    threads."""

    def __init__(self, url: str | None, region: str, credentials: Mapping[str, str]) -> None:
        self.url = url
        self.region = region
        self._credentials = dict(credentials)
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None

    @classmethod
    def of(cls, where: Stage | Endpoint) -> "Aws":
        """Towards a stage or the endpoint it runs on."""
        url = where.endpoint if isinstance(where, Stage) else where.url or None
        return cls(url, where.region, where.credentials)

    def client(self, service: str) -> Any:
        """boto3's client of a service."""
        with self._lock:
            if service not in self._clients:
                # The stubs know each service by a literal; here it is a parameter.
                make: Any = self._new_session().client
                self._clients[service] = make(
                    service, endpoint_url=self.url, config=self._config(), **self._credentials
                )
            return self._clients[service]

    def keys(self) -> dict[str, str]:
        """The credentials it uses, as boto3 takes them; empty where there are none."""
        if self._credentials:
            return dict(self._credentials)
        found = self._new_session().get_credentials()
        if found is None:
            return {}
        frozen = found.get_frozen_credentials()
        keys = {
            "aws_access_key_id": frozen.access_key,
            "aws_secret_access_key": frozen.secret_key,
            "aws_session_token": frozen.token,
        }
        return {name: value for name, value in keys.items() if value}

    def _new_session(self) -> boto3.Session:
        if self._session is None:
            core = botocore.session.Session()
            if self.url is not None:
                # A profile of the user's must not break, or reach, an emulator.
                core = botocore.session.Session(
                    session_vars={
                        "profile": (None, None, None, None),
                        "config_file": (None, None, os.devnull, None),
                        "credentials_file": (None, None, os.devnull, None),
                    }
                )
            self._session = boto3.Session(botocore_session=core, region_name=self.region)
        return self._session

    def _config(self) -> Config:
        settings: dict[str, Any] = {
            "retries": {"mode": "standard", "max_attempts": 3},
            "connect_timeout": 5,
            "read_timeout": 60,
            "max_pool_connections": 50,
        }
        if self.url is not None:
            # Loopback must not go through the user's proxy.
            settings["proxies"] = {}
        return Config(**settings)
