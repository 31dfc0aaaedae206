"""A company's identity provider for the tests: a real one, over HTTP, with sessions.

The provider remembers which browser it let in and, like any, lets it through silently
the next time, unless it is asked not to. A test can make it deaf to that, and choose
what it tells about the time of the log-in.
"""

import dataclasses
import json
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import flask
import requests
from django.test import Client
from joserfc import jwt
from oidc_provider_mock import User as Identity
from oidc_provider_mock import run_server_in_thread

NAME = "b1946ac92492d2347c6235b4d2611184"
BEGIN = f"/accounts/company/{NAME}/"
AUTHORIZE, TOKEN = "/oauth2/authorize", "/oauth2/token"


def identity(email, sub="1", *, claims=None, **more):
    return Identity(
        sub=sub, claims={"email": email, "name": "Nele Neu", **(claims or {}), **more}
    )


VERIFIED = {"email_verified": True}
PEOPLE = [
    identity("user@nordwind.example", "known", **VERIFIED),
    identity("User@Nordwind.example", "entra", xms_edov="1", name="Uwe"),
    identity("user@nordwind.example", "unverified"),
    identity("user@nordwind.example", "denied", email_verified=False),
    identity("admin@rheinwerk.example", "noauth", **VERIFIED),
    identity("neu@nordwind.example", "new", **VERIFIED),
    identity("nobody@nordwind.example", "nobody", **VERIFIED),
    identity("x@evil.example\n@nordwind.example", "odd", **VERIFIED),
    Identity(sub="none", claims={}),
]


class Memory:
    """What makes the server a provider with sessions."""

    def __init__(self, server):
        self.url = f"http://localhost:{server.server_port}"
        self.app = server.app
        self.be_honest()
        self.app.before_request(self.let_through)
        self.app.after_request(self.remember)

    def be_honest(self):
        """Do as the standard says, which is how every test begins."""
        self.is_deaf = False
        self.tell = lambda logged_in_at: logged_in_at

    def let_through(self):
        """Answer at once to a browser that is logged in here."""
        asked, session = flask.request, flask.session
        if (asked.method, asked.path) != ("GET", AUTHORIZE) or "sub" not in session:
            return None
        if wants_log_in(asked.args, session["at"]) and not self.is_deaf:
            return None
        given = {"sub": session["sub"], "at": session["at"]}
        within = self.app.test_client().post(asked.full_path, data=given)
        return flask.redirect(within.headers["Location"])

    def remember(self, response):
        sent = parse_qs(urlsplit(response.headers.get("Location", "")).query)
        if flask.request.method == "POST" and "code" in sent:
            at = int(flask.request.form.get("at", time.time()))
            flask.session.update({"sub": flask.request.form["sub"], "at": at})
            codes = flask.g.oidc_provider_mock_storage
            code = codes.get_authorization_code(sent["code"][0])
            codes.store_authorization_code(dataclasses.replace(code, auth_time=at))
        if flask.request.path == TOKEN and response.status_code == 200:
            response.set_data(self.told(response.get_json()))
        return response

    def told(self, answer):
        """Sign the token anew, with what a test wants to hear of its time."""
        key = flask.g.oidc_provider_mock_storage.jwk
        token = jwt.decode(answer["id_token"], key)
        told = self.tell(token.claims.pop("auth_time"))
        claims = token.claims | ({} if told is None else {"auth_time": told})
        return json.dumps(answer | {"id_token": jwt.encode(token.header, claims, key)})


def wants_log_in(args, logged_in_at):
    longest = float(args.get("max_age", "inf"))
    return args.get("prompt") == "login" or time.time() - logged_in_at > longest


@contextmanager
def running():
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield Memory(server)


def provider(server):
    return {
        "id": NAME,
        "name": "Nordwind Entra ID",
        "server": server,
        "client_id": "cpor",
        "secret": "known to two",
        "domains": ["Nordwind.example"],
    }


def at_the_provider(way, sub, *, there=None):
    """Do what the person does at the provider; return where it sends them back.

    :param there: their browser as the provider knows it; else one it never saw
    """
    assert way.status_code == 302, way.text
    there = there or requests.Session()
    answer = there.get(way["Location"], allow_redirects=False, timeout=10)
    if answer.status_code == 200:
        given = {"sub": sub}
        answer = there.post(answer.url, data=given, allow_redirects=False, timeout=10)
    return answer.headers["Location"].removeprefix("http://testserver")


def come(sub, *, client=None, begin=BEGIN, there=None, **given):
    client = client or Client()
    back = at_the_provider(client.post(begin, given), sub, there=there)
    return client, client.get(back)
