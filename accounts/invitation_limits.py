"""How many invitations a company may send: they are mails in the programme's name."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.budgets import Limit, spend
from accounts.models import Partner
from accounts.rules import Refused

# Enough for a company that begins, and for a mail that got lost.
INVITATIONS = Limit("invitations", 100, timedelta(days=1))
INVITATIONS_TO_ONE = Limit("invitations to one", 3, timedelta(days=1))


def count_invitation(partner: Partner, email: str, now: datetime) -> None:
    """Use up one of the invitations that a company may send today.

    :raises Refused: if it has sent too many, or too many to this address
    """
    for_address = f"{partner.pk}:{email}"
    if not spend(limit=INVITATIONS_TO_ONE, of=for_address, now=now):
        raise Refused(
            _("This person got your invitation today already. Ask them to look for it.")
        )
    if not spend(limit=INVITATIONS, of=str(partner.pk), now=now):
        raise Refused(
            _("Your company has sent many invitations today. Go on tomorrow.")
        )
