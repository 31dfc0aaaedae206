"""The calendars that deadlines run on, as data an admin can edit."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.calendar import Calendar as Days


class WorkCalendar(models.Model):
    """Country, zone and working week; of one partner company or of the programme."""

    # No company: this is the programme's own calendar, of which there is one.
    partner = models.OneToOneField(
        Partner,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar",
        verbose_name=_("partner company"),
    )
    country = models.CharField(_("country"), max_length=2)
    subdivision = models.CharField(_("subdivision"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50)
    # Monday is 0, as in datetime.date.weekday().
    working_weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("working weekdays")
    )
    # The loaded horizon: no due date is computed beyond it.
    first_on = models.DateField(_("loaded from"))
    last_on = models.DateField(_("loaded until"))
    source = models.CharField(_("source of the holidays"), max_length=60)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = (
            models.UniqueConstraint(
                fields=["partner"],
                name="one_calendar_each",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.place} ({self.time_zone})"

    @property
    def place(self) -> str:
        """Return country and subdivision such as "DE-BY"."""
        return "-".join(filter(None, (self.country, self.subdivision)))

    @property
    def week_names(self) -> list[str]:
        """Return the short names of the working weekdays."""
        return [str(WEEKDAYS_ABBR[day]) for day in sorted(self.working_weekdays)]

    def german_names(self) -> dict[date, str]:
        """Return the German names of the holidays that have one."""
        return {day.on: day.name_de for day in self.days.all() if day.name_de}

    def as_days(self) -> Days:
        """Return the plain calendar that due dates are computed with."""
        days = list(self.days.all())
        return Days(
            time_zone=self.time_zone,
            working_weekdays=frozenset(self.working_weekdays),
            holidays={day.on: day.name for day in days if not day.is_working},
            working_days=frozenset(day.on for day in days if day.is_working),
            first=self.first_on,
            last=self.last_on,
        )


class CalendarDay(models.Model):
    """A day that differs from the working week: a holiday or an extra working day."""

    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.CASCADE, related_name="days"
    )
    on = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    name_de = models.CharField(_("name in German"), max_length=200, blank=True)
    is_working = models.BooleanField(_("extra working day"), default=False)
    # An admin's own day survives when the holidays are loaded anew.
    is_own = models.BooleanField(_("entered by an admin"), default=False)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ("on",)
        constraints = (
            models.UniqueConstraint(
                fields=["calendar", "on"], name="one_entry_per_calendar_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.on}: {self.name}"

    @property
    def local_name(self) -> str:
        """Return the name in the reader's language, or the English one."""
        is_german = (get_language() or "").startswith("de")
        return (self.name_de if is_german else "") or self.name
