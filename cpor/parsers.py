"""Reading what programs send."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class TextParser(JSONParser):
    """JSON whose texts can be written down: no half of a surrogate pair."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            for value in values_in(data):
                _require_writable(value)
        except RecursionError:
            raise ParseError(_("The data is nested too deeply.")) from None
        return data


def values_in(data: Any) -> Iterator[Any]:
    """Yield every text, number and truth value in the data, names included."""
    match data:
        case Mapping():
            for name, value in data.items():
                yield name
                yield from values_in(value)
        case list():
            for value in data:
                yield from values_in(value)
        case _:
            yield data


def _require_writable(value: Any) -> None:
    if isinstance(value, float) and not isfinite(value):
        raise ParseError(_("A number is too large."))
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise ParseError(_("The text holds half a character.")) from None
