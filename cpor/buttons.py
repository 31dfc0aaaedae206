"""Which routes take a button's press or files, and what each may be sent (ADR 0014).

All other pages are judged by their form. tests/permissions/test_form_fields.py walks
over every route of the product and finds the one that stands in neither place.
"""

from collections.abc import Collection, Mapping

from accounts.strict import ButtonsMiddleware

BUTTONS: Mapping[str, Collection[str]] = {
    "account_logout": (),
    "account_reauthenticate_company": (),
    "assign": ("reviewer",),
    "claim-again": (),
    "claims-view-delete": (),
    "evidence-upload": ("replaces",),
    "inbox-open": (),
    "inbox-read": (),
    "inbox-read-all": ("newest",),
    "invitation-company": (),
    "invitation-revoke": (),
    "mfa_authenticate": ("code", "credential"),
    "mfa_deactivate_totp": (),
    "mfa_generate_recovery_codes": (),
    "mfa_remove_webauthn": (),
    "openid_connect_login": ("process",),  # no more than looked at, and refused
    "person-bring-back": (),
    "person-remove": (),
    "session-end": (),
    "set-language": ("language",),
    "take": (),
    "take-next": (),
    "undelivered-retry": (),
    "undelivered-retry-all": (),
    "usersessions_list": (),
}
FILES: Mapping[str, Collection[str]] = {
    "comment": ("files",),
    "evidence-upload": ("file",),
}


class ProductButtons(ButtonsMiddleware):
    """The buttons of this product, and its two places for files."""

    buttons = BUTTONS
    files = FILES
