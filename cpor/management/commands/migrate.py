"""manage.py migrate, as the owner; then roles and policies as they are declared."""

from typing import Any

from django.core.management.commands import migrate

from cpor import owner, roles


class Command(migrate.Command):
    help = f"{migrate.Command.help} Works as the owner of the tables."

    def execute(self, *args: Any, **options: Any) -> str | None:
        # The checks before the work read the database too, and the application's
        # role cannot log in to a new one.
        with owner.connected():
            return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            roles.apply()
