"""Puts the parts together when the program starts."""

from django.apps import AppConfig


class CporConfig(AppConfig):
    name = "cpor"

    def ready(self) -> None:
        # Only now are the apps loaded that these modules need.
        from accounts import outbox  # noqa: PLC0415
        from claims import engine, sweep  # noqa: PLC0415
        from cpor import celery, effects, reminders  # noqa: PLC0415
        from notifications.actions import compose  # noqa: PLC0415

        celery.app.set_default()  # for tasks that a request or a command sends
        outbox.send = compose
        engine.effects = effects.EFFECTS
        sweep.say = reminders.say
