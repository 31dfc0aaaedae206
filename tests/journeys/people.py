"""People at their browsers: what they see, what they press."""

import email
import email.policy
import os
import re
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from cpor.demo import papers, people

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EMBEDDED = [sys.executable, "-m", "cpor.embedded"]
PATIENCE = 20_000
MAIL_SECONDS = 30
SERIOUS = {"serious", "critical"}


def environment() -> dict[str, str]:
    """Leave out what the test run has set for its own database.

    The people of the journeys are the demo's, who log in with the password only.
    """
    ours = ("DATABASE_URL", "REDIS_URL", "CPOR_", "DJANGO_SETTINGS_MODULE")
    zone = "CPOR_TEST_ZONE"
    kept = {k: v for k, v in os.environ.items() if k == zone or not k.startswith(ours)}
    return kept | {"CPOR_SECOND_FACTOR_ROLES": ""}


@dataclass(frozen=True)
class Product:
    """The running product, from outside."""

    root: Path
    data: Path
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [*EMBEDDED, "manage", *words, "--data", str(self.data)],
            cwd=self.root,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def link_to_decline(self, number: str) -> str:
        """Return the link in the mail that the customer's contact has got."""
        return self._link("/c/", number)

    def link_to_join(self, address: str) -> str:
        """Return the link in the invitation that went to this address."""
        return self._link("/invitation/", address)

    def _link(self, door: str, about: str) -> str:
        """Wait for the mail: the worker sends it after the page has answered."""
        until = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < until:
            if found := self._link_in_a_mail(door, about):
                return found
            time.sleep(0.2)
        raise AssertionError(f"no mail with {door} about {about}")

    def _link_in_a_mail(self, door: str, about: str) -> str:
        for mail in (self.data / "mail").glob("*"):
            text = mail.read_bytes().decode("utf-8", "replace")
            message = email.message_from_string(text, policy=email.policy.default)
            body = message.get_body(("plain",))
            words = body.get_content() if body else ""
            found = re.search(rf"https?://[^/\s]+(\S*{door}\S+)", words)
            if found and about in f"{words} {message['subject']} {message['to']}":
                return found[1]
        return ""

    def let_time_pass_until(self, moment: str) -> str:
        return self.manage("enforce_deadlines", "--at", moment)


@dataclass
class Stage:
    """Everybody's windows, all of one width."""

    product: Product
    browser: Browser
    width: int
    logins: dict[str, Any]
    windows: list[Any] = field(default_factory=list)
    # What browsers refused because a page's policy forbids it.
    forbidden: list[str] = field(default_factory=list)

    def person(self, email: str) -> "Person":
        """Open a window in which this person is logged in."""
        if email not in self.logins:
            self.logins[email] = self._log_in(email)
        return Person(self._window(self.logins[email]), self.product)

    def stranger(self) -> "Person":
        return Person(self._window(None), self.product)

    def close(self) -> None:
        for window in self.windows:
            window.close()

    def _window(self, login: Any) -> Page:
        context = self.browser.new_context(
            viewport={"width": self.width, "height": 900},
            storage_state=login,
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", self._listen)
        self.windows.append(context)
        return context.new_page()

    def _listen(self, said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            self.forbidden.append(f"{said.page and said.page.url}: {said.text}")

    def _log_in(self, email: str) -> Any:
        page = self._window(None)
        page.goto(self.product.url("/accounts/login/"))
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=False).first.fill(people.PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(self.product.url("/"), wait_until="domcontentloaded")
        return page.context.storage_state()


@dataclass
class Person:
    """Somebody at a window of the product."""

    page: Page
    product: Product

    # --- Seeing --------------------------------------------------------------------

    def opens(self, path: str) -> None:
        self.page.goto(self.product.url(path) if path.startswith("/") else path)

    def sees(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words, timeout=PATIENCE)

    def sees_status(self, words: str) -> None:
        """The badge beside the title says how the claim stands."""
        badge = self.page.locator(".status-badge").first
        expect(badge).to_have_text(words, timeout=PATIENCE)

    def sees_nothing_of(self, number: str) -> None:
        """Another company's claim is simply not there."""
        expect(self.page.locator("h1")).not_to_contain_text(number)
        assert number not in self.page.locator("main").inner_text()

    def finds_no_serious_barrier(self) -> None:
        found = Axe().run(self.page).response["violations"]
        serious = [
            (one["id"], [node["html"] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in SERIOUS
        ]
        assert serious == []

    # --- Filing --------------------------------------------------------------------

    def files(self, name: str, customer: str) -> str:
        """Go through the whole wizard and submit; return the claim's number."""
        self.begins(name, customer)
        self.page.locator("input[name=products][value=EXO]").check(force=True)
        self._next()
        self._fill(
            customer_contact_name="Clara Kunde",
            customer_contact_title="CIO",
            customer_contact_email=f"clara@{customer.lower()}.example",
        )
        self._next()
        self.attaches("poe.pdf", f"Proof of work for {customer}")
        self._next()
        self._next()
        self.page.get_by_role("button", name="Submit the claim").click()
        self.page.wait_for_url(re.compile("/receipt/"))
        return self.page.url.split("/claims/")[1].split("/")[0]

    def begins(self, name: str, customer: str) -> None:
        """Go through the wizard up to the choice of products."""
        self.opens("/claims/new/")
        self._choose("area", "MWS")
        self._choose("engagement", "MWS-USE")
        self.page.locator("[name=location]").first.wait_for()
        self._pick_first("location")
        self._fill(
            customer_name=f"{customer} GmbH",
            domain=f"{customer.lower()}.example",
            tenant_id=str(uuid.uuid4()),
        )
        self._fill(name=name)

    def attaches(self, name: str, text: str) -> None:
        """Put a file into the drop zone and wait until it is checked."""
        self.page.locator("#id_file").set_input_files(
            {
                "name": name,
                "mimeType": "application/pdf",
                "buffer": papers.pdf([text, str(uuid.uuid4())]),
            }
        )
        expect(self.page.locator(".file", has_text=name).last).to_contain_text(
            "Clean", timeout=PATIENCE
        )

    # --- Steps ---------------------------------------------------------------------

    def starts(self, number: str) -> None:
        self.opens(f"/claims/{number}/")
        self.page.get_by_role("button", name="Start the review").first.click()
        self.sees_status("In review")

    def takes(
        self,
        number: str,
        step: str,
        button: str,
        *,
        reason: str = "",
        comment: str = "",
        accepts: bool = False,
        proof: str = "",
    ) -> None:
        """Open a step's page, give what it asks for and take it."""
        self.opens(f"/claims/{number}/steps/{step}/")
        form = self.page.locator("#step-form")
        if proof:
            self.attaches(proof, f"{proof} for {number}")
        if reason:
            boxes = form.locator(f"input[name=reasons][value={reason}]")
            form.locator("input[name=reasons]:checked").evaluate_all(
                "boxes => boxes.forEach(box => box.click())"
            )
            boxes.check(force=True)
        if accepts:
            for box in form.locator("input[name=accepted_lines]").all():
                box.check(force=True)
        if comment:
            form.locator("[name=comment]").fill(comment)
        form.get_by_role("button", name=button).click()
        self.page.wait_for_url(re.compile(rf"/claims/{number}/($|receipt/)"))

    def _choose(self, name: str, value: str) -> None:
        self.page.locator(f"input[name={name}][value={value}]").check(force=True)
        self._next()

    def _pick_first(self, name: str) -> None:
        control = self.page.locator(f"[name={name}]").first
        if control.get_attribute("type") == "radio":
            control.check(force=True)
        else:
            control.select_option(index=1)
        self._next()

    def _fill(self, **answers: str) -> None:
        for name, value in answers.items():
            self.page.locator(f"[name={name}]").fill(value)
        self._next()

    def _next(self) -> None:
        before = self.page.url
        self.page.get_by_role("button", name="Next", exact=True).last.click()
        self.page.wait_for_url(lambda url: url != before)
