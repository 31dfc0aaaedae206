"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Only now are the models loaded that the receivers name.
        from accounts import receivers  # noqa: F401, PLC0415
