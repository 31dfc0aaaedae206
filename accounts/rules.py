"""Who may do what to whom in a company; each rule answers why not, or None."""

from django.utils.translation import gettext as _

from accounts.models import ADMIN_TITLES, Partner, User


class Refused(Exception):
    """What somebody wanted is closed to them; the text is a sentence for them.

    :param field: the field of the form that it is about, if it is about one
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def why_not_manage(actor: User, partner: Partner) -> str | None:
    """DOMAIN.md §9: a company's people are managed by its admins."""
    if not actor.is_active:
        return _("Your access has ended.")
    if actor.is_programme_admin:
        return None
    if actor.partner_id != partner.pk or not actor.is_partner_admin:
        return _("Only an admin of your company can manage people.")
    return None


def why_not_remove(actor: User, person: User, *, other_admins: int) -> str | None:
    """Nobody closes the door behind themselves, and a company keeps an admin."""
    if actor.pk == person.pk:
        return _("You cannot remove yourself. Ask another admin of your company.")
    return _why_last_admin(person, other_admins)


def why_not_retitle(
    actor: User, person: User, *, title: str, other_admins: int
) -> str | None:
    """Rights are given by somebody else, and a company keeps an admin."""
    if actor.pk == person.pk:
        return _("You cannot change your own role. Ask another admin of your company.")
    if title in ADMIN_TITLES:
        return None
    return _why_last_admin(person, other_admins)


def why_not_join(partner: Partner) -> str | None:
    """Nobody begins to work for a company that has left."""
    if partner.is_active:
        return None
    return _("%(company)s has been deactivated. Reactivate the company first.") % {
        "company": partner
    }


def why_not_invite(colleague: User | None) -> str | None:
    """Say no only about what the inviting company knows anyway: its own people."""
    if colleague is None:
        return None
    if colleague.is_active:
        return _("%(name)s already works here with this address.") % {"name": colleague}
    return _("%(name)s was removed earlier. Bring them back on the people page.") % {
        "name": colleague
    }


def _why_last_admin(person: User, other_admins: int) -> str | None:
    if other_admins or not (person.is_active and person.is_partner_admin):
        return None
    return _(
        "%(name)s is the last admin of this company. Make somebody else an admin first."
    ) % {"name": person}
