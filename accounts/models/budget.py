"""What counts tries, so that guessing ends."""

from django.db import models


class Budget(models.Model):
    """How often something was tried within a span of time (accounts/budgets.py)."""

    name = models.CharField(max_length=64, primary_key=True)
    spent = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
