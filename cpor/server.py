"""Settings of gunicorn, read by `--config python:cpor.server`.

What it answers by itself, to a request that it cannot read, carries our headers too.
"""

import os
import socket
from typing import Any

from django.conf import settings
from gunicorn.config import Config
from gunicorn.glogging import Logger as PlainLogger
from gunicorn.workers.gthread import ThreadWorker

from cpor.headers import HEADERS
from cpor.logs import Hiding

# Seconds until a line that says nothing, or takes nothing, is given up.
PATIENCE = float(os.environ.get("CPOR_PATIENCE_SECONDS", "20"))
WORDS = "This request could not be read.\n"
ALONE = {
    **HEADERS,
    "Connection": "close",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": str(len(WORDS)),
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Logger(PlainLogger):  # type: ignore[misc]  # gunicorn has no types
    """Writes no secret of an address, be it asked for or failed."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(Hiding(handler.formatter))


class Worker(ThreadWorker):  # type: ignore[misc]
    """Answers what cannot be read in our words instead of with what it says."""

    def handle_error(
        self, req: Any, client: socket.socket, addr: Any, exc: BaseException
    ) -> None:
        super().handle_error(req, _Plain(client), addr, exc)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Wait for a body only so long: silent lines would take every thread.

        A proxy that reads bodies before it passes them on keeps slow ones away
        (docs/operations.md).
        """
        conn.sock.settimeout(PATIENCE)
        return super().handle_request(req, conn)


class _Plain:
    """The client's socket, to which only the status line goes as it is."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, answer: bytes) -> None:
        status, _, _ = answer.partition(b"\r\n")
        lines = [f"{name}: {value}" for name, value in _headers().items()]
        rest = "\r\n".join(["", *lines, "", WORDS])
        self._client.sendall(status + rest.encode())


def _headers() -> dict[str, str]:
    if not settings.SECURE_HSTS_SECONDS:
        return ALONE
    lasting = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return {**ALONE, "Strict-Transport-Security": lasting}


control_socket_disable = True
# Nobody says by a header where the application lies.
forwarder_headers = ""
graceful_timeout = 10
logger_class = Logger
threads = 8
timeout = 60
worker_class = Worker
workers = 2
