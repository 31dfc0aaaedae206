"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Only now are the models loaded that these name.
        from accounts import checks, receivers  # noqa: F401, PLC0415
