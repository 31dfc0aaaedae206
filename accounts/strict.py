"""Bodies of the API: what nobody asked for is refused by name, not dropped."""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


def refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """Compare the names somebody sent with those that may be sent here.

    :raises ValidationError: naming each of the others
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        refusal = _("This field does not exist here or is not yours to set.")
        raise serializers.ValidationError({name: [refusal] for name in unknown})


class Strict(serializers.Serializer[Any]):
    """Refuses fields it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            refuse_unknown(data, self.fields)
        return super().to_internal_value(data)
