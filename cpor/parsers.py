"""Reading what programs send."""

from collections.abc import Mapping
from typing import Any

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
        data = super().parse(stream, media_type, parser_context)
        try:
            texts_in(data).encode()
        except UnicodeEncodeError:
            raise ParseError("The text holds half a character.") from None
        return data


def texts_in(data: Any) -> str:
    """Return every text in the data, one after the other."""
    match data:
        case str():
            return data
        case Mapping():
            return "".join(map(texts_in, [*data.keys(), *data.values()]))
        case list():
            return "".join(map(texts_in, data))
    return ""
