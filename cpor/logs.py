"""What the logs say, and what they never say (OWASP ASVS 5.0, V16.2.5).

Whoever knows the secret of a link may do what it is for, so it stands in no log; nor do
the words of a search, nor the local variables of a failed function.
"""

import logging
import re
import sys
from contextlib import suppress
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Whatever follows one of these in an address is a secret; tests compare them with the
# routes that there are.
LINKS = ("/invitation/", "/accounts/password/reset/key/", "/c/", "/files/")
SECRET = re.compile(rf"({'|'.join(map(re.escape, LINKS))})[^/\s?#\"'&]+")
QUERY = re.compile(r"\?[^\s\"'?=]+=[^\s\"']*")


def hidden(text: str) -> str:
    """Return a text without the secrets and the queries of addresses in it."""
    return QUERY.sub("?…", SECRET.sub(r"\1…", text))


class Hiding(logging.Formatter):
    """Formats as another does, then hides; what an exception says included."""

    def __init__(self, inner: logging.Formatter | None = None) -> None:
        super().__init__()
        self.inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return hidden(self.inner.format(record))


class Console(logging.StreamHandler[TextIO]):
    """Writes to the standard error of the moment, and never what it could not write.

    Python would print the values of an entry that cannot be written, secrets and all.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        with suppress(OSError, ValueError):
            self.stream.write(f"An entry of {record.name} could not be written.\n")


def hide(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Hide the same in what structlog writes."""
    return {
        name: hidden(value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def begin(*, for_machines: bool) -> None:
    """Set structlog up: a JSON object in each line, or words for a person.

    An exception is a plain traceback either way: lines of the sources, no values.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide,
            _written(for_machines=for_machines),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # What a command prints is for whoever reads its answer.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    )


def _written(*, for_machines: bool) -> Processor:
    if for_machines:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )


def configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything else that is logged, to the same place."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"hiding": {"()": "cpor.logs.Hiding"}},
        "handlers": {"console": {"class": "cpor.logs.Console", "formatter": "hiding"}},
        "root": {"handlers": ["console"], "level": level},
    }
