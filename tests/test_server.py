"""What gunicorn answers by itself, to what it cannot read, from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from email.parser import BytesHeaderParser

import pytest

from cpor.embedded.children import free_port
from cpor.server import WORDS, _headers
from tests.headers import EXACTLY

STARTS_WITHIN = 30
SECRET = "kq3Zs9-w_Xy7TtB4"  # noqa: S105
UNREADABLE = {
    "no request at all": (400, b"what is this?\r\n\r\n"),
    "a version to come": (400, b"GET / HTTP/9.9\r\n\r\n"),
    "a header without a name": (400, b"GET / HTTP/1.1\r\n: x\r\n\r\n"),
    "too long an address": (414, b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n"),
    "too many headers": (431, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n"),
    "a coding unheard of": (
        *(501, b"GET / HTTP/1.1\r\nTransfer-Encoding: spiral\r\n\r\n"),
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run gunicorn as the product does; yield its port and its log."""
    log = tmp_path_factory.mktemp("server") / "log"
    with gunicorn("cpor.wsgi:application", log) as port:
        yield port, log


@contextmanager
def gunicorn(application, log):
    port = free_port()
    words = ["-m", "gunicorn", application, "--access-logfile", "-"]
    own = {"DJANGO_SETTINGS_MODULE": "cpor.settings", "CPOR_PATIENCE_SECONDS": "0.5"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                *(sys.executable, *words, "--config", "python:cpor.server"),
                *("--bind", f"127.0.0.1:{port}", "--workers", "1"),
            ],
            stdout=out,
            stderr=out,
            env={**os.environ, **own},
        )
    try:
        wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(port):
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("gunicorn did not start")


def ask(port, request):
    """Return status, headers and body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status, _, rest = head.partition(b"\r\n")
    headers = BytesHeaderParser().parsebytes(rest + b"\r\n\r\n")
    return int(status.split()[1]), headers, body.decode()


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_answered_with_our_headers(server, what):
    status, request = UNREADABLE[what]

    found, headers, body = ask(server[0], request)

    assert (found, body) == (status, WORDS)
    assert {name: headers[name] for name in EXACTLY} == EXACTLY
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"
    assert headers["Server"] is None


def where_it_lies(environ, start_response):
    """Answer at which address the application lies; as Django does to half a body."""
    try:
        environ["wsgi.input"].read()
    except OSError:
        status = "400 Bad Request"
    else:
        status = "200 OK"
    body = environ["SCRIPT_NAME"].encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]


@pytest.fixture
def plain_server(tmp_path):
    with gunicorn("tests.test_server:where_it_lies", tmp_path / "log") as port:
        yield port


ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
HALF = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\na=b"


def test_a_header_does_not_move_the_application(plain_server):
    moved = ASKED + b"SCRIPT_NAME: /evil\r\n\r\n"
    status, _headers, body = ask(plain_server, moved)
    assert (status, body) == (200, "")


def test_silent_lines_do_not_keep_the_others_out(plain_server):
    with ExitStack() as silent:
        for _ in range(40):
            line = socket.create_connection(("127.0.0.1", plain_server))
            silent.enter_context(line).sendall(HALF)
        address = ("127.0.0.1", plain_server)
        with socket.create_connection(address, timeout=20) as line:
            line.sendall(ASKED + b"\r\n")
            assert line.recv(15) == b"HTTP/1.1 200 OK"


def test_in_production_they_ask_for_https_as_well(settings):
    settings.SECURE_HSTS_SECONDS = 60
    said = _headers()["Strict-Transport-Security"]
    assert said == "max-age=60; includeSubDomains; preload"


def test_the_access_log_knows_no_secret(server):
    port, log = server
    host = b"Host: localhost\r\nConnection: close\r\n\r\n"
    ask(port, b"GET /static/%s?q=%s HTTP/1.1\r\n" % ((SECRET.encode(),) * 2) + host)
    ask(port, f"GET /c/{SECRET}/?q={SECRET} HTTP/1.1\r\n".encode() + host)
    ends = time.monotonic() + STARTS_WITHIN
    while "/c/" not in log.read_text() and time.monotonic() < ends:
        time.sleep(0.05)
    said = log.read_text()
    assert '"GET /c/…/?… HTTP/1.1"' in said
    assert f"/static/{SECRET}?…" in said
    assert said.count(SECRET) == said.count(f"/static/{SECRET}")
