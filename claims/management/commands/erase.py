"""Erase contents and personal data of what has ended; history and hashes stay."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from claims import erasure
from claims.machine import Refused
from claims.models import Claim


class Command(BaseCommand):
    help = (
        "Erase the contents of an ended claim's files and its contacts, one person "
        "from all ended claims, or what is older than it is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--claim", metavar="NUMBER")
        what.add_argument("--contact", metavar="E-MAIL")
        what.add_argument("--due", action="store_true")
        parser.add_argument("--reason", default="")
        parser.add_argument("--by", metavar="E-MAIL", help="a programme admin")

    def handle(self, *args: Any, **options: Any) -> None:
        now, reason = timezone.now(), options["reason"]
        by = _admin(options["by"])
        if options["due"]:
            self._tell(erasure.erase_due(now=now))
        elif address := options["contact"]:
            self._tell(
                erasure.erase_contact(address=address, by=by, reason=reason, now=now)
            )
        else:
            self._erase_claim(options["claim"], by, reason)

    def _erase_claim(self, number: str, by: User | None, reason: str) -> None:
        claim = Claim.objects.filter(number=number).first()
        if claim is None:
            raise CommandError(f"There is no claim {number}.")
        try:
            erasure.erase_claim(claim=claim, by=by, reason=reason, now=timezone.now())
        except Refused as refused:
            raise CommandError(f"{number}: {refused}") from refused
        self.stdout.write(f"{number}: erased")

    def _tell(self, erased: erasure.Erased) -> None:
        for number in erased.numbers:
            self.stdout.write(f"{number}: erased")
        for number, why in erased.refused.items():
            self.stdout.write(f"{number}: {why}")
        if erased.refused:
            raise CommandError(f"{len(erased.refused)} claims were not erased.")
        if not erased.numbers:
            self.stdout.write("Nothing to erase.")


def _admin(address: str | None) -> User | None:
    if address is None:
        return None
    person = User.objects.filter(email=address.lower()).first()
    if person is None or not person.is_programme_admin:
        raise CommandError(f"{address} is no programme admin.")
    return person
