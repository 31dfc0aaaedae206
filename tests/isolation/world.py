"""Two companies that compete, each with a row in every table, and who asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection

from accounts import trail
from accounts.actions import invite_person, issue_token
from accounts.models import Deed, User
from accounts.scopes import Scope, Standing
from claims.calendars import horizon, load_calendar
from claims.models import (
    Claim,
    Deadline,
    Evidence,
    KeepingFault,
    Reading,
    Reminder,
    SavedView,
    SetAside,
)
from notifications.models import Preference
from reviews.actions import add_note
from tests import factories
from tests.factories import NOW

# What no factory makes: of a person, by SQL, with the person's key for %(me)s.
BY_SQL = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
  VALUES (%(me)s, 'also-%(me)s@x.example', true, true);
INSERT INTO account_emailconfirmation (email_address_id, created, key)
  SELECT id, now(), 'key-%(me)s' FROM account_emailaddress WHERE user_id = %(me)s;
INSERT INTO socialaccount_socialaccount
  (user_id, provider, uid, last_login, date_joined, extra_data)
  VALUES (%(me)s, 'x', 'uid-%(me)s', now(), now(), '{}');
INSERT INTO socialaccount_socialtoken (account_id, token, token_secret)
  SELECT id, 'x', '' FROM socialaccount_socialaccount WHERE user_id = %(me)s;
INSERT INTO claims_postponement
  (cause, began_at, ended_at, clocks, calendar_id, reason, recorded_at,
   reached, moved, failed)
  SELECT 'holiday', now(), now() + interval '1 hour', '{}', id, '?', now(), 0, 0, '[]'
  FROM claims_workcalendar WHERE partner_id =
    (SELECT partner_id FROM accounts_user WHERE id = %(me)s);
"""


@dataclass(frozen=True)
class Side:
    """One of the two companies: its person, its claim in dispute, and a draft."""

    person: User
    claim: Claim

    def standings(self) -> Mapping[Scope, Standing]:
        """Return how each scope would be entered for this side."""
        company, person = self.person.partner_id, self.person.pk
        return {
            Scope.ENTRANCE: Standing(Scope.ENTRANCE),
            Scope.PARTNER: Standing(Scope.PARTNER, partner=company, person=person),
            Scope.STAFF: Standing(Scope.STAFF, person=person),
            Scope.CUSTOMER: Standing(Scope.CUSTOMER, claim=self.claim.pk),
            Scope.SYSTEM: Standing(Scope.SYSTEM),
        }


def side() -> Side:
    """Make a company that has something in every table."""
    person = factories.person(factories.partner())
    claim = factories.claim("disputed", by=person)
    _about_the_claim(claim, person)
    _about_the_person(person)
    with connection.cursor() as cursor:
        for statement in filter(str.strip, BY_SQL.split(";")):
            cursor.execute(statement.replace("%(me)s", str(person.pk)))
    return Side(person, Claim.objects.get(pk=claim.pk))


def _about_the_claim(claim: Claim, person: User) -> None:
    company = person.partner
    assert company
    factories.product()
    load_calendar(
        partner=company,
        country="DE",
        subdivision="BY",
        time_zone="Europe/Berlin",
        years=horizon(NOW),
    )
    comment = factories.comment(claim, by=factories.staff())
    file = Evidence.objects.filter(claim=claim)[0]
    comment.attachments.add(file)
    KeepingFault.objects.create(
        evidence=file, name=str(file.content.name), what="missing", found_at=NOW
    )
    Reading.objects.create(evidence=file, partner=company, outcome="x", read_at=NOW)
    add_note(claim=claim, by=factories.staff(), text="Among ourselves.", now=NOW)
    deadline = Deadline.objects.filter(claim=claim)[0]
    SetAside.objects.create(
        deadline=deadline, partner=company, first_at=NOW, last_at=NOW, error="?"
    )
    Reminder.objects.create(
        deadline=deadline, partner=company, reader=person, rung="left:x", days=1, at=NOW
    )


def _about_the_person(person: User) -> None:
    assert person.partner
    invite_person(
        partner=person.partner,
        email=f"new-{person.pk}@x.example",
        title="partner_user",
        language="en",
        actor=person,
        now=NOW,
    )
    issue_token(person=person)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    UserSession.objects.create(
        user=person, ip="127.0.0.1", session_key=f"s{person.pk}", user_agent="x"
    )
    SavedView.objects.create(owner=person, partner=person.partner, name="Mine")
    Preference.objects.create(user=person, group="team")
    trail.record(deed=Deed.EXPORT, actor=person, partner_id=person.partner_id, now=NOW)
