"""Puts the parts together when the program starts."""

from django.apps import AppConfig


class CporConfig(AppConfig):
    name = "cpor"

    def ready(self) -> None:
        # Only now are the apps loaded that these modules need.
        from accounts import outbox  # noqa: PLC0415
        from claims import brakes, journal, postponements, sweep  # noqa: PLC0415
        from claims import reminders as ladder  # noqa: PLC0415
        from claims.views import claim as claim_page  # noqa: PLC0415
        from cpor import (  # noqa: PLC0415
            celery,
            effects,
            messages,
            moved_dates,
            reminders,
        )
        from cpor.sections import SECTIONS  # noqa: PLC0415
        from notifications.actions import compose  # noqa: PLC0415
        from reviews import actions as reviews  # noqa: PLC0415

        celery.app.set_default()  # for tasks that a request or a command sends
        outbox.send = compose
        journal.effects = effects.EFFECTS
        ladder.voice = ladder.Voice(reminders.told_of, reminders.line, reminders.mail)
        sweep.report = reminders.report
        brakes.tell = moved_dates.clock_stopped
        postponements.tell = moved_dates.dates_moved
        reviews.tell = messages.comment_added
        claim_page.sections = SECTIONS
