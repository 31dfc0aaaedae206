"""Reading what programs send."""

from collections.abc import Mapping
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
            texts_in(data).encode()
        except UnicodeEncodeError:
            raise ParseError(_("The text holds half a character.")) from None
        except RecursionError:
            raise ParseError(_("The data is nested too deeply.")) from None
        return data


def texts_in(data: Any) -> str:
    """Return every text in the data, one after the other.

    :raises ParseError: if a number is so large that it is none
    """
    match data:
        case float() if not isfinite(data):
            raise ParseError(_("A number is too large."))
        case str():
            return data
        case Mapping():
            return "".join(map(texts_in, [*data.keys(), *data.values()]))
        case list():
            return "".join(map(texts_in, data))
    return ""
