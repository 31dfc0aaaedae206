"""The programme's numbers, as far as an admin has changed them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangedNumber(models.Model):
    """A number of the rulebook that differs from what the environment says."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    # In the unit that people see, such as MB.
    value = models.PositiveIntegerField(_("value"))

    class Meta:
        verbose_name = _("changed number")
        verbose_name_plural = _("changed numbers")
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
