"""The filters of a list of claims, over nothing but what the reader may read."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import BooleanWidget

from accounts.models import StaffRole, User
from claims import queries
from claims.models import Area, Claim, Engagement, Line, Product
from claims.queries import Side
from claims.workflow import State

LONGEST_SEARCH = 200
LONGEST_WAIT = 366
NOBODY = "none"


class OverdueOrNot(BooleanWidget):  # type: ignore[misc]
    """A choice among both and either; true and false in the address."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = [
            ("", _("Overdue or not")),
            ("true", _("Overdue only")),
            ("false", _("Not overdue")),
        ]


def _since(field: str, label: Any) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        field_name=field, lookup_expr="date__gte", label=label
    )


def _until(field: str, label: Any) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        field_name=field, lookup_expr="date__lte", label=label
    )


def end_of_day(now: datetime, days: int) -> datetime:
    """Return the end of the day so many days from now, local time."""
    last = timezone.localdate(now) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(last, time.max))


def sides_of(reader: Any) -> list[tuple[str, Any]]:
    """Return whom a claim may wait for, as this reader calls them."""
    words: dict[str, Any] = dict(Side.choices)
    if getattr(reader, "is_partner", False):
        words[Side.PARTNER] = _("my company")
    elif not getattr(reader, "is_reviewer", False):
        del words[Side.ME]
    return list(words.items())


def _products(_request: HttpRequest | None) -> QuerySet[Product]:
    return Product.objects.order_by("area", "name", "pk")


def _reviewers(_request: HttpRequest | None) -> QuerySet[User]:
    return User.objects.filter(
        staff_role__in=[StaffRole.REVIEWER, StaffRole.LEAD]
    ).order_by("name", "pk")


class ClaimFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Narrows a list of claims; a value that makes no sense narrows nothing."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        max_length=LONGEST_SEARCH,
    )
    status = django_filters.MultipleChoiceFilter(
        field_name="state", choices=State.choices, label=_("Status")
    )
    area = django_filters.ChoiceFilter(
        choices=Area.choices, label=_("Solution area"), empty_label=_("All areas")
    )
    role = django_filters.ChoiceFilter(
        field_name="engagement",
        choices=Engagement.choices,
        label=_("Role"),
        empty_label=_("All roles"),
    )
    product = django_filters.ModelChoiceFilter(
        method="having_product",
        queryset=_products,
        to_field_name="code",
        label=_("Product"),
        empty_label=_("All products"),
    )
    waiting = django_filters.ChoiceFilter(
        method="waiting_on",
        choices=Side.choices,
        label=_("Waiting on"),
        empty_label=_("Anybody"),
    )
    overdue = django_filters.BooleanFilter(
        method="is_overdue", label=_("Overdue"), widget=OverdueOrNot
    )
    due_within = django_filters.NumberFilter(
        method="is_due_within",
        label=_("Due within days"),
        min_value=0,
        max_value=LONGEST_WAIT,
        decimal_places=0,
    )
    reviewer = django_filters.ModelChoiceFilter(
        field_name="assignee",
        queryset=_reviewers,
        label=_("Reviewer"),
        empty_label=_("All reviewers"),
        null_label=_("Nobody yet"),
        null_value=NOBODY,
    )
    created_from = _since("created_at", _("Created from"))
    created_until = _until("created_at", _("Created until"))
    submitted_from = _since("first_submitted_at", _("Submitted from"))
    submitted_until = _until("first_submitted_at", _("Submitted until"))
    decided_from = _since("decided_at", _("Decided from"))
    decided_until = _until("decided_at", _("Decided until"))

    class Meta:
        model = Claim
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        queryset: QuerySet[Claim] | None = None,
        *,
        request: HttpRequest | None = None,
        prefix: str | None = None,
        now: datetime | None = None,
    ) -> None:
        """Take the reader from the request; staff alone filter by reviewer.

        :param now: the moment of the request, else the present
        """
        super().__init__(data, queryset, request=request, prefix=prefix)
        self.now = now or timezone.now()
        reader = getattr(request, "user", None)
        if not getattr(reader, "is_staff_member", False):
            del self.filters["reviewer"]
        self.filters["waiting"].extra["choices"] = sides_of(reader)

    def narrowed(self, *, but: str | Collection[str] = ()) -> QuerySet[Claim]:
        """Return the claims that pass every filter, some of them left aside.

        :param but: the name or names of the filters that are not applied
        """
        aside = {but} if isinstance(but, str) else set(but)
        claims: QuerySet[Claim] = self.queryset.all()
        for name, value in self.chosen.items():
            if name not in aside:
                claims = self.filters[name].filter(claims, value)
        return claims

    @property
    def misread(self) -> list[str]:
        """The names of those filters whose values make no sense."""
        return [name for name in self.errors if name in self.form.fields]

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The filters that narrow the list now, by name, with their values."""
        self.form.is_valid()
        return {
            name: value
            for name, value in self.form.cleaned_data.items()
            if value not in (None, "", [])
        }

    def search(self, claims: QuerySet[Claim], _name: str, text: str) -> QuerySet[Claim]:
        return queries.search(claims, text)

    def having_product(
        self, claims: QuerySet[Claim], _name: str, product: Product
    ) -> QuerySet[Claim]:
        lines = Line.objects.filter(claim=OuterRef("pk"), product=product)
        return claims.filter(Exists(lines))

    def waiting_on(
        self, claims: QuerySet[Claim], _name: str, side: str
    ) -> QuerySet[Claim]:
        return queries.waiting_on(claims, side, self.request.user)

    def is_overdue(
        self,
        claims: QuerySet[Claim],
        _name: str,
        wanted: bool,  # noqa: FBT001 -- called by django-filter
    ) -> QuerySet[Claim]:
        late = queries.is_overdue(self.now)
        return claims.filter(late) if wanted else claims.exclude(late)

    def is_due_within(
        self, claims: QuerySet[Claim], _name: str, days: int
    ) -> QuerySet[Claim]:
        """Keep claims that are due from now until the end of that day, local time."""
        return claims.filter(due_at__range=(self.now, end_of_day(self.now, int(days))))
