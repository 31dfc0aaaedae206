"""manage.py forget_second_factor E-MAIL: for who lost phone, keys and codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.lost_factor import forget_second_factor
from accounts.models import User


class Command(BaseCommand):
    """Make sure beforehand who asks: the password alone opens the account then."""

    help = "Removes somebody's second factor and logs them out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="E-MAIL")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        person = User.objects.filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody logs in as {email}.")
        forget_second_factor(person=person, actor=None, now=timezone.now())
        self.stdout.write(f"{person.email} sets up a second factor anew.")
