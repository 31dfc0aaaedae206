"""Which table stands under which policy: one declaration of who sees which rows.

A table that is not named here is closed to the application. Whoever adds one adds a
line; docs/architecture.md says how to choose. cpor/roles.py makes the SQL from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import ADMIN_TITLES
from accounts.scopes import Scope
from accounts.trail_list import FOR_A_COMPANY, OF_A_COMPANY

# Whom the scope is for, as accounts/scopes.py sets it. Nothing set: NULL, so no rows.
COMPANY = "NULLIF(current_setting('cpor.partner', true), '')::bigint"
PERSON = "NULLIF(current_setting('cpor.person', true), '')::bigint"
CLAIM = "NULLIF(current_setting('cpor.claim', true), '')::bigint"

# Somebody who has not been yet: whom an open invitation names, and as what.
AS_INVITED = """EXISTS (
    SELECT FROM accounts_invitation offer
    WHERE offer.accepted_at IS NULL AND offer.revoked_at IS NULL
      AND lower(offer.email) = lower(accounts_user.email)
      AND offer.partner_id IS NOT DISTINCT FROM accounts_user.partner_id
      AND offer.title = accounts_user.title
      AND offer.staff_role = accounts_user.staff_role)"""
# How far a postponement has come tells of other companies' claims, so only what it
# was for is read beside one's own deadline.
WHAT_WAS_LOST = (
    "select(id,cause,began_at,ended_at,clocks,calendar_id,reason,by_id,recorded_at)"
)
# Hashes of passwords and of invitation links are compared at the entrance alone
# (accounts/models/hashes.py).
OF_PEOPLE = (
    "select(id,email,name,language,time_zone,partner_id,title,staff_role,"
    "is_available,is_active,left_with_company,session_round,date_joined,last_login)"
)
OF_INVITATIONS = (
    "select(id,email,partner_id,title,staff_role,language,invited_by_id,"
    "created_at,expires_at,accepted_at,revoked_at)"
)
WRITE = "insert update delete"
EVERYTHING = "select insert update delete"
APPEND = "select insert"
EVERY_ROW = "true"
OWN = f"partner_id = {COMPANY}"
THEIR_OWN = f"user_id = {PERSON}"
OF_A_CALENDAR_OF_OURS = (
    "calendar_id IS NULL OR calendar_id IN (SELECT id FROM claims_workcalendar)"
)
OF_THE_CLAIM = f"claim_id = {CLAIM}"


def _listed(words: Iterable[str]) -> str:
    """Write words of ours, such as a column's values, as a list in SQL."""
    return ", ".join(f"'{word}'" for word in sorted(words))


# Asked once for a query, not for each row.
IS_ADMIN = (
    f"(SELECT title FROM accounts_user WHERE id = {PERSON})"  # noqa: S608
    f" IN ({_listed(ADMIN_TITLES)})"
)
# What a person changes about themselves or an admin about a colleague. Never the
# company, the programme role or the address.
ABOUT_PEOPLE = (
    "update(password,last_login,name,language,time_zone,title,is_active,"
    "left_with_company,session_round)"
)


@dataclass(frozen=True)
class Door:
    """What one scope may do with a table, and with which rows.

    `may` lists commands, with columns where not all are meant: "select update(name)".
    `reads` are further rows that may be read and not written; `born` narrows the rows
    that may be inserted.
    """

    may: str
    rows: str = EVERY_ROW
    reads: str = ""
    born: str = ""


@dataclass(frozen=True)
class Table:
    """The doors of a table. Without `policies` only the grants decide, not the rows."""

    doors: Mapping[Scope, Door]
    policies: bool = True


def company(
    partner: str = "",
    staff: str = "select",
    *,
    rows: str = OWN,
    reads: str = "",
    system: str = EVERYTHING,
    customer: Door | None = None,
    entrance: Door | None = None,
) -> Table:
    """Describe a table with a company's data: partners have theirs, staff has all."""
    doors = {
        Scope.SYSTEM: Door(system),
        Scope.STAFF: Door(staff) if staff else None,
        Scope.PARTNER: Door(partner, rows, reads) if partner else None,
        Scope.CUSTOMER: customer,
        Scope.ENTRANCE: entrance,
    }
    return Table({scope: door for scope, door in doors.items() if door})


def person(
    may: str = EVERYTHING,
    *,
    partner: str = THEIR_OWN,
    staff: str = THEIR_OWN,
    entrance: str = "",
) -> Table:
    """Describe a table whose rows belong to one person each."""
    doors = {
        Scope.SYSTEM: Door(EVERYTHING),
        Scope.PARTNER: Door(may, partner),
        Scope.STAFF: Door(may, staff),
    }
    if entrance:
        doors[Scope.ENTRANCE] = Door(entrance)
    return Table(doors)


def shared(staff: str = EVERYTHING, **others: str) -> Table:
    """Describe a table that carries no company's data; the reason stands below."""
    doors = {Scope.SYSTEM: Door(EVERYTHING)}
    if staff:
        doors[Scope.STAFF] = Door(staff)
    doors |= {Scope(name): Door(may) for name, may in others.items()}
    return Table(doors, policies=False)


def _of_the_claims(column: str, wanted: str) -> Door:
    """Let the customer read what the claim behind the link refers to."""
    rows = f"{wanted} IN (SELECT {column} FROM claims_claim)"  # noqa: S608
    return Door("select", rows)


TABLES: Mapping[str, Table] = {
    # --- Claims ----------------------------------------------------------------
    "claims_claim": company(
        EVERYTHING,
        "select update",
        customer=Door("select update", f"id = {CLAIM}"),
    ),
    "claims_line": company(
        EVERYTHING, "select update", customer=Door("select update", OF_THE_CLAIM)
    ),
    "claims_evidence": company(EVERYTHING, "select insert update"),
    "claims_reading": company(EVERYTHING, "select insert update"),
    # What the check found goes with a file that its company removes.
    "claims_keepingfault": company(
        "select delete", rows="evidence_id IN (SELECT id FROM claims_evidence)"
    ),
    "claims_deadline": company(
        "select insert update",
        "select insert update",
        customer=Door("select insert update", OF_THE_CLAIM),
    ),
    # An erasure strikes out values in what has changed; a trigger lets it do no more.
    "claims_event": company(
        APPEND,
        APPEND,
        system=f"{APPEND} update(changes)",
        customer=Door(APPEND, OF_THE_CLAIM),
    ),
    "claims_reminder": company("", "select"),
    "claims_setaside": company("", "select"),
    "claims_workcalendar": company(
        "select",
        EVERYTHING,
        reads="partner_id IS NULL",
        customer=Door(
            "select",
            "partner_id IS NULL OR partner_id IN (SELECT partner_id FROM claims_claim)",
        ),
    ),
    "claims_calendarday": company(
        "select",
        EVERYTHING,
        rows="calendar_id IN (SELECT id FROM claims_workcalendar)",
        customer=Door("select", "calendar_id IN (SELECT id FROM claims_workcalendar)"),
    ),
    "claims_savedview": person(
        partner=f"owner_id = {PERSON}", staff=f"owner_id = {PERSON}"
    ),
    # Time given back to all, or to those of one calendar.
    "claims_postponement": company(
        WHAT_WAS_LOST,
        "select insert update",
        rows=OF_A_CALENDAR_OF_OURS,
        customer=Door(WHAT_WAS_LOST, OF_A_CALENDAR_OF_OURS),
    ),
    "reviews_comment": company(APPEND, APPEND),
    "reviews_comment_attachments": company(
        "select insert delete",
        APPEND,
        rows=(
            "comment_id IN (SELECT id FROM reviews_comment)"
            " AND evidence_id IN (SELECT id FROM claims_evidence)"
        ),
    ),
    "reviews_note": company("", APPEND),
    "disputes_dispute": company("select", "select"),
    # --- Companies and people ----------------------------------------------------
    "accounts_partner": company(
        # Locking a row takes a right to update it; nothing else is done with it.
        "select update(slug)",
        EVERYTHING,
        rows=f"id = {COMPANY}",
        customer=_of_the_claims("partner_id", "id"),
        entrance=Door("select"),
    ),
    "accounts_partnerlocation": company(
        "select",
        EVERYTHING,
        rows=f"company_id = {COMPANY}",
        customer=_of_the_claims("location_id", "id"),
    ),
    "accounts_user": company(
        f"{OF_PEOPLE} {ABOUT_PEOPLE}",
        f"{OF_PEOPLE} {WRITE}",
        # The programme's people stand by their names on a claim's page.
        reads="partner_id IS NULL",
        # Sign-in looks for anybody; an invitation makes somebody, exactly as it says.
        entrance=Door(
            "select insert update(password,last_login,session_round,language)",
            born=AS_INVITED,
        ),
    ),
    "accounts_invitation": company(
        f"{OF_INVITATIONS} insert update",
        f"{OF_INVITATIONS} {WRITE}",
        entrance=Door("select update(accepted_at)"),
    ),
    # The trail: written in a section of its own, read by the programme's people; of a
    # company's chain its admins read what was done with claims and files, not from
    # which network.
    "accounts_trailentry": company(
        f"select({','.join(FOR_A_COMPANY)})",
        system=APPEND,
        rows=f"{OWN} AND deed IN ({_listed(OF_A_COMPANY)}) AND {IS_ADMIN}",
    ),
    "accounts_trailhead": company("", system="select insert update"),
    # What somebody logs in with is theirs alone; where it ends for somebody else, a
    # section ends it that reads nothing (Across.SIGN_OFF).
    "mfa_authenticator": person(entrance="select insert update"),
    "usersessions_usersession": person(entrance=EVERYTHING),
    "knox_authtoken": person(entrance=EVERYTHING),
    # Log-in through a company's own provider: whose account there is whose here.
    "socialaccount_socialaccount": person(entrance=EVERYTHING),
    # With the secret by which a provider knows us: behind the entrance nobody's.
    "socialaccount_socialapp": Table(
        {Scope.SYSTEM: Door(EVERYTHING), Scope.ENTRANCE: Door("select")}
    ),
    "socialaccount_socialtoken": Table(
        {Scope.SYSTEM: Door(EVERYTHING), Scope.ENTRANCE: Door(EVERYTHING)}
    ),
    "account_emailaddress": person("select", entrance="select"),
    "account_emailconfirmation": Table({Scope.SYSTEM: Door(EVERYTHING)}),
    # --- Messages ------------------------------------------------------------------
    "notifications_message": company(
        "select update(read_at)",
        "select update",
        rows=f"recipient_id = {PERSON}",
    ),
    "notifications_delivery": company("", "select update"),
    "notifications_preference": person(),
    # --- No company's data: the list without policies, each with its reason --------
    # No column says whose it is; who has the random key has the session. Behind the
    # entrance it is closed (accounts/sessions.py).
    "django_session": shared("", entrance=EVERYTHING),
    # What the programme does with its clocks, for everybody at once.
    "claims_brake": shared("select insert update", partner="select"),
    "claims_brakeentry": shared(APPEND),
    # How scanner and storage are; the same for every file.
    "claims_scannerstate": shared("select", partner="select"),
    "claims_keepingrun": shared("select"),
    # Tries are counted under keyed hashes: nobody can tell whose.
    "accounts_budget": shared(
        "select insert update",
        entrance="select insert update",
        partner="select insert update",
    ),
    # The rules' numbers are the same for everybody.
    "accounts_changednumber": shared(
        entrance="select", partner="select", customer="select"
    ),
    # What can be claimed is the same for everybody.
    "claims_product": shared(partner="select", customer="select"),
    # The programme's registry of customers; that a partner claims one is not in it.
    "claims_customer": shared(partner="select", customer="select"),
    "claims_customerdomain": shared(partner="select", customer="select"),
    "claims_subscription": shared(partner="select", customer="select"),
    # Django's own lists of what programs there are; nobody's data.
    "django_content_type": shared("select"),
    "django_migrations": shared(""),
    "auth_permission": shared(""),
    "auth_group": shared(""),
    "auth_group_permissions": shared(""),
}
# Triggers that judge at the end of the transaction, when the scope may be another one:
# they look with the owner's eyes, and answer only whether all is as it must be.
SEE_EVERY_ROW = ("one_event_per_version",)
# Sequences beyond those of the primary keys, which need no right.
SEQUENCES: Mapping[str, tuple[Scope, ...]] = {
    "claims_number": (Scope.PARTNER, Scope.SYSTEM),
    "accounts_trailentry_id_seq": (Scope.SYSTEM,),
}
