"""What the database itself promises about people, tried by going round the code."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from knox.auth import TokenAuthentication

from accounts import actions, outbox
from accounts.models import PartnerLocation, StaffRole, Title, User


def by_sql(**columns):
    """Insert a person past all Python."""
    row = {
        "password": "!",
        "email": "neu@x.example",
        "name": "Neu",
        "language": "en",
        "time_zone": "UTC",
        "title": "",
        "staff_role": "",
        "partner_id": None,
        "is_available": True,
        "is_active": True,
        "left_with_company": False,
        "session_round": 0,
        "date_joined": "2026-03-02T00:00:00Z",
        **columns,
    }
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    statement = f"INSERT INTO accounts_user ({names}) VALUES ({marks})"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(row.values()))


def test_one_address_is_one_person_in_any_case(nordwind):
    by_sql(email="somebody@x.example")
    with pytest.raises(IntegrityError, match="one_person_per_email"):
        by_sql(email="USER@NordWind.example")


@pytest.mark.parametrize(
    ("works_for_partner", "title", "staff_role", "is_possible"),
    [
        (True, Title.PARTNER_USER, "", True),
        (False, "", StaffRole.LEAD, True),
        (False, "", "", True),
        (True, Title.PARTNER_USER, StaffRole.REVIEWER, False),
        (True, "", "", False),
        (True, "", StaffRole.REVIEWER, False),
        (False, Title.GLOBAL_ADMIN, "", False),
        (False, Title.GLOBAL_ADMIN, StaffRole.LEAD, False),
    ],
)
def test_nobody_works_for_a_partner_and_the_programme(
    nordwind, works_for_partner, title, staff_role, is_possible
):
    person = {
        "partner_id": nordwind.partner.pk if works_for_partner else None,
        "title": title,
        "staff_role": staff_role,
    }
    if is_possible:
        by_sql(**person)
        return
    with pytest.raises(IntegrityError, match="partner_or_staff_never_both"):
        by_sql(**person)


def test_an_address_is_kept_in_lower_case(nordwind):
    nordwind.user.email = " Uwe.NEU@Nordwind.example "
    nordwind.user.save()
    nordwind.user.refresh_from_db()
    assert nordwind.user.email == "uwe.neu@nordwind.example"


def test_a_partner_id_belongs_to_one_location_and_has_seven_digits(nordwind, rheinwerk):
    actions.add_location(partner=nordwind.partner, partner_id="1234567", name="Hamburg")
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_location(
            partner=rheinwerk.partner, partner_id="1234567", name="Köln"
        )
    for wrong in ("123456", "123456a", "\uff11234567", "1234567\n"):
        location = PartnerLocation(
            company=nordwind.partner, partner_id=wrong, name="Kiel"
        )
        with pytest.raises(ValidationError):
            location.full_clean()


def test_the_token_command_prints_a_token_that_works(nordwind, capsys):
    call_command("token", "USER@nordwind.example")
    token = capsys.readouterr().out.strip()
    person, _row = TokenAuthentication().authenticate_credentials(token.encode())
    assert person == nordwind.user


def test_the_token_command_says_why_it_prints_none(nordwind):
    with pytest.raises(CommandError, match="Nobody logs in as"):
        call_command("token", "x@y.example")
    actions.remove_person(
        person=nordwind.user, actor=nordwind.admin, now=timezone.now()
    )
    with pytest.raises(CommandError, match="has ended"):
        call_command("token", nordwind.user.email)


def test_a_mail_nobody_carries_fails_loudly():
    with pytest.raises(RuntimeError, match="Nobody carries “invitation”"):
        outbox.refuse(
            key="x", topic="invitation", audience="a@b.example", context={}, language=""
        )


def test_a_person_without_a_name_is_called_by_their_address():
    assert str(User(email="neu@x.example")) == "neu@x.example"


def test_a_company_gets_its_short_name_from_its_name(db):
    assert (
        actions.create_partner(name="Müller & Söhne GmbH").slug == "muller-sohne-gmbh"
    )
