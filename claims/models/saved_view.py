"""A state of the list of claims that a person keeps under a name."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner

LONGEST_NAME, LONGEST_QUERY = 60, 2000


class SavedView(models.Model):
    """A tab above the list: its filters and order, as its address says them."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    # The owner's company; nobody's for the programme's people.
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                "owner", Lower("name"), name="one_saved_view_per_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
