"""The parts of a claim that open and close together, and what its lines count for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Part(TextChoices):
    """The parts of a claim that are opened for change together (DOMAIN.md §4)."""

    ENGAGEMENT = "engagement", _("Solution area and role")
    PARTNER_ID = "partner_id", _("Partner ID")
    CUSTOMER = "customer", _("Customer")
    NAME = "name", _("Claim name")
    PRODUCTS = "products", _("Products")
    CONTACTS = "contacts", _("Contacts")
    EXTRA = "extra", _("Details of the role")
    EVIDENCE = "evidence", _("Proof of execution (PoE)")
    DISPUTE_EVIDENCE = "dispute_evidence", _("PoE for the dispute")
    COVERING_NOTE = "covering_note", _("Comment with the submission")
    COMMENTS = "comments", _("Comments")


# What a partner may change when the reviewers ask for more, and nothing else (seed).
CORRECTABLE = frozenset(
    {Part.PARTNER_ID, Part.PRODUCTS, Part.CONTACTS, Part.EVIDENCE, Part.COMMENTS}
)


class Standing(TextChoices):
    """What a product line counts for while its claim is in a state (DOMAIN.md §7)."""

    NONE = "none", _("not counted")
    OPEN = "open", _("open")
    HELD = "held", _("associated")
    SUPERSEDED = "superseded", _("superseded")
