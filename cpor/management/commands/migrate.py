"""manage.py migrate, as the owner; then roles and policies as they are declared."""

from typing import Any

from django.core.management.commands import migrate

from cpor import owner, roles


class Command(migrate.Command):
    help = f"{migrate.Command.help} Works as the owner of the tables."

    def handle(self, *args: Any, **options: Any) -> None:
        with owner.connected():
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                roles.apply()
