"""Dead letters: listed for those who can mend them, and tried again on a button."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import StaffRole
from notifications.models import Delivery, DeliveryState, Message
from tests.notifications.conftest import logged_in, person, staff, tell

pytestmark = pytest.mark.django_db
PAGE = "/notifications/undelivered/"
KEEPERS = {StaffRole.LEAD, StaffRole.PROGRAMME_ADMIN}


def dead(audience, topic="approved", **more):
    message = tell(audience, topic, **more)
    Delivery.objects.filter(message=message).update(
        state=DeliveryState.DEAD, attempts=3, last_error="550 Unknown user"
    )
    return message.delivery


@pytest.mark.parametrize("role", StaffRole)
def test_leads_and_programme_admins_keep_the_mail(role, reader):
    letter = dead(reader)
    client = logged_in(staff(role))
    paths = [f"{PAGE}{letter.pk}/retry/", f"{PAGE}retry/"]

    answers = [client.get(PAGE), *(client.post(path) for path in paths)]

    expected = [200, 302, 302] if role in KEEPERS else [403, 404, 403]
    assert [answer.status_code for answer in answers] == expected
    still_dead = Delivery.objects.filter(state=DeliveryState.DEAD).count()
    assert still_dead == (0 if role in KEEPERS else 1)


def test_a_partner_sees_no_list_and_retries_nothing(reader):
    letter = dead(reader)
    client = logged_in(reader)

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}{letter.pk}/retry/").status_code == 404
    assert Delivery.objects.get().state == DeliveryState.DEAD


def test_the_list_says_what_went_wrong_and_keeps_links_to_itself(lead):
    link = "http://testserver/secret/abc"
    dead("clara@alpenblick.example", "customer_notice", context={"decline_url": link})

    page = logged_in(lead).get(PAGE).content.decode()

    assert "clara@alpenblick.example" in page
    assert "550 Unknown user" in page
    assert "3 attempts" in page
    assert "Notice to the customer" in page
    assert link not in page


def test_one_letter_is_tried_again_and_the_others_rest(lead, reader):
    first, second = dead(reader), dead(reader)

    logged_in(lead).post(f"{PAGE}{first.pk}/retry/")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts) == (DeliveryState.WAITING, 0)
    assert first.next_attempt_at <= timezone.now()
    assert second.state == DeliveryState.DEAD


def test_a_retry_never_revives_what_has_arrived(lead, reader):
    letter = tell(reader).delivery
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    client = logged_in(lead)

    client.post(f"{PAGE}{letter.pk}/retry/")
    client.post(f"{PAGE}retry/")

    letter.refresh_from_db()
    assert letter.state == DeliveryState.ACCEPTED


def test_looking_retries_nothing(lead, reader):
    letter = dead(reader)
    client = logged_in(lead)

    assert client.get(f"{PAGE}{letter.pk}/retry/").status_code == 404
    assert client.get(f"{PAGE}retry/").status_code == 405
    assert Delivery.objects.get().state == DeliveryState.DEAD


def test_mails_that_wait_too_long_are_counted(lead, reader):
    tell(reader)
    waiting = tell(reader)
    earlier = timezone.now() - timedelta(minutes=6)
    Message.objects.filter(pk=waiting.pk).update(created_at=earlier)

    page = logged_in(lead).get(PAGE).content.decode()

    assert "1 mail waits for the mail server" in page


def test_the_list_costs_the_same_with_one_letter_and_with_three(lead):
    client = logged_in(lead)
    counts = []
    for additional in (1, 2):
        for number in range(additional):
            dead(person(f"{additional}-{number}@nordwind.example"))
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1]
