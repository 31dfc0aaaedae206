"""manage.py token E-MAIL: print a new API token of a person."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import issue_token
from accounts.models import User


class Command(BaseCommand):
    """Print a token for the header `Authorization: Token …`; it is shown only here."""

    help = "Prints a new API token of the person who logs in with this e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="E-MAIL")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        person = User.objects.filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody logs in as {email}.")
        if not person.is_active:
            raise CommandError(f"The access of {person.email} has ended.")
        self.stdout.write(issue_token(person=person))
