"""Who may do what: every route and method of the product (DOMAIN.md §9).

A route or method that is not here fails the build. Whoever adds a route adds its lines:
who may, what is sent along, and how those are answered who may not. The same table is
printed in docs/security.md: `python3 -m tests.permissions.document --write`.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories import PASSWORD, PDF
from tests.permissions import administered
from tests.permissions.words import (
    ADMINS,
    AUDITORS,
    COMPANY,
    DESK,
    EVERYBODY,
    LEADS,
    PROGRAMME_ADMINS,
    REVIEWER,
    SIGNED_IN,
    STAFF,
    Line,
    allauth,
    both,
    step,
)

LEAD_AND_PROGRAMME = LEADS | PROGRAMME_ADMINS
READERS_OF_THE_TRAIL = ADMINS | AUDITORS | PROGRAMME_ADMINS
THE_REVIEWER = frozenset({REVIEWER})
BECAUSE = {"comment": "Because."}


def a_file(**_about):
    return {"file": SimpleUploadedFile("a.pdf", PDF, "application/pdf")}


def a_person(actor, **_about):
    return {"login": actor.person.email if actor.person else "", "password": PASSWORD}


def credentials(actor, **_about):
    email = actor.person.email if actor.person else ""
    codes = Authenticator.objects.filter(user=actor.person, type="recovery_codes")
    code = codes.get().wrap().get_unused_codes()[0] if email else "123456"
    return {
        "email": email or "nobody@cpor.example",
        "password": PASSWORD,
        "code": code,
    }


def lines_of(claim, **_about):
    return {**BECAUSE, "accepted_lines": [line.alias for line in claim.lines_now]}


def a_profile(**_about):
    return {"name": "New name", "language": "en", "time_zone": "Europe/Berlin"}


def a_newcomer(**_about):
    return {"name": "Newcomer", "password1": PASSWORD, "password2": PASSWORD}


def more_time(**_about):
    day = timezone.localdate() + timedelta(days=60)
    return {"until": day.isoformat(), "reason": "Asked for."}


def a_lead(world, **_about):
    return {"reviewer": world.lead.pk}


ACCOUNT = [
    *allauth(
        "account_login",
        EVERYBODY,
        give=a_person,
        seen=(200, 302),
        ok=(200, 302),
        put=(200, 302),
    ),
    *both("account_logout", EVERYBODY, seen=(200, 302)),
    *allauth(
        "account_reset_password_from_key",
        EVERYBODY,
        ok=200,
        fill={"uidb36": "1", "key": "set-password"},
        note="whoever holds the link",
    ),
    Line("account_inactive", "GET", EVERYBODY),
    *allauth("account_reauthenticate", SIGNED_IN, give={"password": PASSWORD}),
    *both(
        "account_reauthenticate_company",
        SIGNED_IN,
        seen=404,
        ok=404,
        note="nobody here came through a company's log-in",
    ),
    Line("account_reauthenticate_done", "GET", SIGNED_IN),
    *allauth("account_change_password", SIGNED_IN, ok=200),
    *allauth("account_set_password", SIGNED_IN, seen=302, put=302),
    *allauth(
        "account_reset_password", EVERYBODY, give={"email": "nobody@cpor.example"}
    ),
    Line("account_reset_password_done", "GET", EVERYBODY),
    Line("account_reset_password_from_key_done", "GET", EVERYBODY),
    *allauth("usersessions_list", SIGNED_IN, put=302),
    Line("session-end", "POST", SIGNED_IN, note="their own"),
    *both("profile", SIGNED_IN, give=a_profile),
    Line("set-language", "POST", EVERYBODY, give={"language": "de"}),
    *both(
        "invitation",
        EVERYBODY,
        give=a_newcomer,
        ok=(200, 302),
        note="whoever holds the link",
    ),
    *both("consent", EVERYBODY, note="whoever holds the link"),
]

# The log-in of a company's own; here none is set up, so nothing is found.
A_PROVIDER = {"provider_id": "nobody"}
COMPANY_LOG_IN = [
    *both("openid_connect_login", EVERYBODY, seen=404, ok=404, fill=A_PROVIDER),
    *(
        Line("openid_connect_callback", method, EVERYBODY, ok=404, fill=A_PROVIDER)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    ),
    Line("socialaccount_login_cancelled", "GET", EVERYBODY, ok=302),
    Line(
        "invitation-company",
        "POST",
        EVERYBODY,
        fill=A_PROVIDER | {"token": "nonsense"},
        note="whoever holds the link",
    ),
]

# Everybody here has a second factor, and has just logged in.
SECOND_FACTOR = [
    Line("second-factor", "GET", SIGNED_IN, ok=(200, 302)),
    Line("mfa_index", "GET", SIGNED_IN),
    *both("mfa_authenticate", SIGNED_IN, seen=302),
    *allauth("mfa_reauthenticate", SIGNED_IN, ok=200),
    Line("mfa_view_recovery_codes", "GET", SIGNED_IN),
    *allauth("mfa_generate_recovery_codes", SIGNED_IN, put=302),
    *allauth("mfa_activate_totp", SIGNED_IN, seen=302, put=302),
    *allauth("mfa_deactivate_totp", SIGNED_IN, put=302),
    Line("mfa_list_webauthn", "GET", SIGNED_IN),
    *allauth("mfa_add_webauthn", SIGNED_IN, ok=200),
    *allauth("mfa_edit_webauthn", SIGNED_IN, give={"name": "Desk"}),
    *both("mfa_remove_webauthn", SIGNED_IN),
    Line("mfa_remove_webauthn", "DELETE", SIGNED_IN, ok=302),
    *allauth("mfa_login_webauthn", EVERYBODY, seen=(200, 302), ok=302, put=302),
    *allauth("mfa_reauthenticate_webauthn", SIGNED_IN, put=302),
]

PEOPLE = [
    Line("people", "GET", ADMINS),
    *both(
        "invite",
        ADMINS,
        give={"email": "x@y.example", "title": "partner_user", "language": "en"},
    ),
    *both("person", ADMINS, closed=404, give={"title": "billing_admin"}),
    Line("person-remove", "POST", ADMINS, closed=404),
    Line("person-bring-back", "POST", ADMINS, closed=404),
    Line("invitation-revoke", "POST", ADMINS, closed=404),
]

MESSAGES = [
    Line("inbox", "GET", SIGNED_IN),
    Line("inbox-read-all", "POST", SIGNED_IN, give={"newest": "1"}),
    Line("inbox-read", "POST", SIGNED_IN),
    Line("inbox-open", "POST", SIGNED_IN),
    *both("preferences", SIGNED_IN),
    Line("undelivered", "GET", LEAD_AND_PROGRAMME),
    Line("undelivered-retry-all", "POST", LEAD_AND_PROGRAMME),
    Line("undelivered-retry", "POST", LEAD_AND_PROGRAMME, closed=404, missing=302),
]

CLAIMS = [
    Line("start", "GET", SIGNED_IN),
    Line("claims", "GET", SIGNED_IN, note="partners: their own company's"),
    Line("claims-export", "GET", SIGNED_IN, note="partners: their own company's"),
    *both("claim-new", COMPANY, give={"area": "MWS"}),
    Line("claim", "GET", SIGNED_IN),
    Line("claim", "GET", COMPANY, on="draft", closed=404),
    Line("claim-again", "GET", SIGNED_IN, on="rejected_final", ok=302),
    Line("claim-again", "POST", COMPANY, on="rejected_final", closed=409),
    Line("claim-continue", "GET", COMPANY, ok=302, on="draft", closed=404),
    *both(
        "claim-wizard",
        COMPANY,
        on="draft",
        closed=404,
        fill={"part": "name"},
        give={"name": "Other"},
    ),
    *both(
        "claim-wizard",
        COMPANY,
        on="action_required",
        closed=(200, 409),
        fill={"part": "evidence"},
    ),
    *both(
        "claim-notices", COMPANY, on="draft", closed=404, ok=200, fill={"part": "name"}
    ),
    *both("evidence-upload", COMPANY, on="draft", closed=404, seen=302, give=a_file),
    Line("evidence", "GET", SIGNED_IN),
    Line("evidence-state", "GET", SIGNED_IN),
    Line("evidence-pages", "GET", SIGNED_IN),
    Line(
        "evidence-page",
        "GET",
        SIGNED_IN,
        fill={"page": "1", "size": "s"},
    ),
    Line("claim-receipt", "GET", SIGNED_IN),
    Line("claim-receipt-paper", "GET", SIGNED_IN),
    Line("claim-poe-form", "GET", SIGNED_IN, fill={"language": "en"}),
    Line("file-link", "GET", EVERYBODY, note="whoever holds the link, for a minute"),
    Line("claims-view-save", "POST", SIGNED_IN, give={"name": "Other"}),
    Line("claims-view-delete", "POST", SIGNED_IN, note="their own"),
    *both("claim-extend", LEADS, on="action_required", give=more_time),
]

STEPS = [
    *step("submit", "draft", COMPANY, {}, closed=404),
    *step("delete", "draft", COMPANY, {}, closed=404),
    *step("withdraw", "in_review", ADMINS, BECAUSE | {"reasons": ["wrong_program"]}),
    *step("start_review", "submitted", DESK, {}),
    *step("approve", "in_review", THE_REVIEWER, lines_of, note="the assigned one"),
    *step(
        "request_info",
        "in_review",
        THE_REVIEWER,
        BECAUSE | {"reasons": ["poe_missing"]},
        note="the assigned one",
    ),
    *step(
        "reject",
        "in_review",
        THE_REVIEWER,
        BECAUSE | {"reasons": ["poe_insufficient"]},
        note="the assigned one",
    ),
    *step("resubmit", "action_required", COMPANY, BECAUSE),
    *step("disassociate", "approved", ADMINS, BECAUSE),
    *step("dispute", "rejected", ADMINS, BECAUSE),
    *step("overturn", "disputed", LEADS, BECAUSE, note="another than who rejected"),
    *step(
        "uphold",
        "disputed",
        LEADS,
        BECAUSE | {"reasons": ["poe_insufficient"]},
        note="another than who rejected",
    ),
]

ADMINISTRATION = [
    *(
        Line(f"administration{part}", "GET", PROGRAMME_ADMINS, guarded=True)
        for part in (
            *("", "-numbers", "-companies", "-company", "-people", "-person"),
            *("-calendars", "-calendar", "-products", "-customers", "-customer"),
        )
    ),
    *(
        line
        for part in administered.BODIES
        for line in both(
            f"administration-{part}",
            PROGRAMME_ADMINS,
            guarded=True,
            fill={"name": "review_days"} if "number" in part else {},
            give=administered.changed(part),
        )
    ),
]

DESK_PAGES = [
    Line("queue", "GET", DESK),
    Line("take-next", "POST", DESK),
    Line("take", "POST", DESK, on="submitted"),
    Line("assign", "POST", LEADS, on="submitted", give=a_lead, closed=(302, 403)),
    Line("comment", "POST", COMPANY | DESK, closed=409, give={"text": "Hello."}),
    Line("note", "POST", DESK, closed=(404, 409), give={"text": "Hello."}),
    Line("arbitration", "GET", STAFF, closed=404),
    Line("arbitration", "POST", STAFF, closed=404, ok=422),
    Line("disputes", "GET", STAFF),
    Line("foresee", "GET", LEAD_AND_PROGRAMME),
    Line("clocks-dry-run", "GET", LEAD_AND_PROGRAMME),
    *both("clock", LEAD_AND_PROGRAMME, ok=422, fill={"name": "review"}),
    Line("outages", "GET", LEAD_AND_PROGRAMME),
    Line("outages", "POST", PROGRAMME_ADMINS, ok=422),
    *both("calendar-recalculate", PROGRAMME_ADMINS, ok=200, guarded=True),
    Line("file-watch", "GET", LEAD_AND_PROGRAMME),
    *both(
        "claim-erase",
        PROGRAMME_ADMINS,
        on="rejected_final",
        ok=(302, 422),
        give={"reason": "Asked for."},
    ),
    Line("stopped-clocks", "GET", LEAD_AND_PROGRAMME),
    *both("claim-held", LEADS, on="action_required", ok=422, give=more_time),
]

API = [
    Line("api-schema", "GET", EVERYBODY),
    Line("api-token", "POST", SIGNED_IN, give=credentials),
    Line("api-token-end", "POST", SIGNED_IN, ok=204),
    Line("api-me", "GET", SIGNED_IN),
    Line("api-products", "GET", SIGNED_IN),
    Line("api-claims", "GET", SIGNED_IN, note="partners: their own company's"),
    Line("api-claims", "POST", COMPANY, closed=404, ok=201, give={"area": "MWS"}),
    Line("api-claim", "GET", SIGNED_IN),
    Line("api-claim", "PATCH", COMPANY, on="draft", closed=404, give={"name": "Other"}),
    Line("api-steps", "GET", SIGNED_IN),
    Line("api-files", "GET", SIGNED_IN),
    Line(
        "api-files",
        "POST",
        COMPANY,
        on="action_required",
        closed=409,
        ok=201,
        give=a_file,
    ),
    Line("api-evidence", "GET", SIGNED_IN),
    Line(
        "api-evidence",
        "PATCH",
        COMPANY,
        on="draft",
        closed=404,
        give={"signer": "Clara"},
    ),
    Line("api-evidence", "DELETE", COMPANY, on="draft", closed=404, ok=204),
    Line("api-evidence-link", "POST", SIGNED_IN, ok=201),
    Line("api-comments", "GET", SIGNED_IN),
    Line(
        "api-comments",
        "POST",
        COMPANY | DESK,
        closed=409,
        ok=201,
        give={"text": "Hello."},
    ),
    Line("api-comment-files", "GET", SIGNED_IN),
    Line("api-comment-files", "POST", COMPANY | DESK, closed=409, ok=201, give=a_file),
    Line("api-notes", "GET", STAFF, closed=404),
    Line("api-notes", "POST", DESK, closed=(404, 409), ok=201, give={"text": "Hello."}),
]

TRAIL = [
    Line("trail", "GET", READERS_OF_THE_TRAIL, note="partner admins: their company's"),
    Line(
        "trail-export",
        "GET",
        READERS_OF_THE_TRAIL,
        note="partner admins: their company's",
    ),
]

OPEN = [
    Line("healthz", "GET", EVERYBODY),
    Line("design", "GET", EVERYBODY, note="not in production"),
    Line("mailbox", "GET", EVERYBODY, note="not in production"),
    Line("mailbox-letter", "GET", EVERYBODY, note="not in production"),
    Line("mailbox-html", "GET", EVERYBODY, note="not in production"),
]

TABLE = [
    *ACCOUNT,
    *COMPANY_LOG_IN,
    *SECOND_FACTOR,
    *PEOPLE,
    *MESSAGES,
    *CLAIMS,
    *STEPS,
    *DESK_PAGES,
    *ADMINISTRATION,
    *API,
    *TRAIL,
    *OPEN,
]
