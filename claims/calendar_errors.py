"""Why a date cannot be told, in sentences fit to show."""


class CalendarError(Exception):
    """A date that cannot be told.

    `template % values` is the sentence, so that it can be said in another language.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template % self.values


class UnknownPlace(CalendarError):
    """No country, subdivision or time zone has this name."""


class SubdivisionMissing(CalendarError):
    """The country's own table is the calendar of no place in it."""


class OutOfHorizon(CalendarError):
    """The count needs a day that the calendar does not know."""


class NoTimeZone(CalendarError):
    """A time without a time zone is no instant."""


class NoSuchTime(CalendarError):
    """No clock of the place ever shows this."""


class UnknownRule(CalendarError):
    """No rule is written like this."""


def _(sentence: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return sentence
