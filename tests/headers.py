"""What the headers of any response of the product must say."""

import re

NONCE = re.compile(r"'nonce-[A-Za-z0-9_-]+'")
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' NONCE; style-src 'self' NONCE; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FILE_POLICY = "sandbox; default-src 'none'"
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# What a page could ask of the browser and no page here needs.
CLOSED = {"camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"}


def header_faults(response, *, private=False):
    """Return what is missing or wrong in the headers of a response."""
    headers = response.headers
    faults = [
        f"{name}: {headers.get(name)}"
        for name, value in EXACTLY.items()
        if headers.get(name) != value
    ]
    if missing := CLOSED - set(headers.get("Permissions-Policy", "").split(", ")):
        faults.append(f"Permissions-Policy: {missing}")
    policy = NONCE.sub("NONCE", headers.get("Content-Security-Policy", ""))
    if policy.replace(" NONCE", "") not in {
        PAGE_POLICY.replace(" NONCE", ""),
        FILE_POLICY,
    }:
        faults.append(f"Content-Security-Policy: {policy}")
    if private and "no-store" not in headers.get("Cache-Control", ""):
        faults.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if response.status_code == 200 and not is_of_a_type(headers):
        faults.append(f"Content-Type: {headers.get('Content-Type')}")
    if headers.get("Server") or headers.get("X-Powered-By"):
        faults.append("it says what it runs on")
    return faults


def is_of_a_type(headers):
    """Return whether an answer says what it is, and a text in which characters."""
    kind = headers.get("Content-Type", "")
    is_text = kind.startswith("text/")
    return "charset=utf-8" in kind.replace('"', "") if is_text else bool(kind)
