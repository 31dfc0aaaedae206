"""The form in which readers say which messages they also want by mail."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.strict import StrictForm
from notifications import queries
from notifications.topics import TopicGroup


class PreferencesForm(StrictForm, forms.Form):
    """One box for each group that this reader may switch off."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group, by_mail in queries.preferences_of(user).items():
            self.fields[group] = forms.BooleanField(
                label=TopicGroup(group).label, required=False, initial=by_mail
            )

    @property
    def choices(self) -> dict[str, bool]:
        """Return, for each group, whether mails are wanted."""
        return {group: self.cleaned_data[group] for group in self.fields}
