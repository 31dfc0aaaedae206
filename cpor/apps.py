"""Puts the parts together when the program starts."""

from django.apps import AppConfig


class CporConfig(AppConfig):
    name = "cpor"

    def ready(self) -> None:
        # Only now are the apps loaded that these modules need.
        from accounts import outbox  # noqa: PLC0415
        from claims import journal, sweep  # noqa: PLC0415
        from claims import reminders as ladder  # noqa: PLC0415
        from claims.views import claim as claim_page  # noqa: PLC0415
        from cpor import celery, effects, messages, reminders  # noqa: PLC0415
        from cpor.sections import SECTIONS  # noqa: PLC0415
        from notifications.actions import compose  # noqa: PLC0415
        from reviews import actions as reviews  # noqa: PLC0415

        celery.app.set_default()  # for tasks that a request or a command sends
        outbox.send = compose
        journal.effects = effects.EFFECTS
        ladder.voice = ladder.Voice(reminders.told_of, reminders.line, reminders.mail)
        sweep.report = reminders.report
        reviews.tell = messages.comment_added
        claim_page.sections = SECTIONS
