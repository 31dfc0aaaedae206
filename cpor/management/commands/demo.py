"""Load the demo: fictional companies, customers and claims in every status."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cpor.demo import people, stage


class Command(BaseCommand):
    help = "Load fictional companies, customers and claims; prints the accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data never go into production.")
        now = timezone.now()
        if not User.objects.exists():
            with transaction.atomic():
                people.invite_everybody(now)
                count = stage.play_all(now)
            self.stdout.write(f"{count} claims were filed and have lived up to today.")
        self.print_accounts()

    def print_accounts(self) -> None:
        """Print whom one can log in as; nothing if this is no demo."""
        accounts = people.accounts()
        if accounts:
            self.stdout.write(f"Everybody's password: {people.PASSWORD}")
        for address, what in accounts:
            self.stdout.write(f"  {address:32} {what}")
