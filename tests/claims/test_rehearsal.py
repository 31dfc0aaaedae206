"""A rehearsal of the future waits for mails that another worker is sending."""

from threading import Timer

import pytest
from django.db import connection

from claims.sweep import let_mails_arrive
from notifications.models import Delivery, DeliveryState, Message
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_a_mail_in_a_workers_hands_is_waited_for():
    factories.claim("submitted")
    delivery = Delivery.objects.filter(message__in=Message.objects.all()).first()
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.SENDING)

    def arrive():
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.ACCEPTED)
        connection.close()

    worker = Timer(0.5, arrive)
    worker.start()
    let_mails_arrive()

    delivery.refresh_from_db()
    worker.join()
    assert delivery.state == DeliveryState.ACCEPTED
