"""The way through the wizard: which parts a claim has, and how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from claims import actions
from claims.access import offers_to
from claims.forms.customer import CustomerContactForm, CustomerForm
from claims.forms.evidence import EvidenceForm
from claims.forms.part import Fact, PartForm
from claims.forms.parts import (
    AreaForm,
    CommentForm,
    DetailsForm,
    NameForm,
    OwnContactForm,
    PartnerIdForm,
    RoleForm,
)
from claims.forms.products import ProductsForm
from claims.machine import Offer
from claims.models import Claim

PARTS: Sequence[type[PartForm]] = (
    AreaForm,
    RoleForm,
    PartnerIdForm,
    CustomerForm,
    NameForm,
    ProductsForm,
    CustomerContactForm,
    OwnContactForm,
    DetailsForm,
    EvidenceForm,
    CommentForm,
)
BY_SLUG = {form.slug: form for form in PARTS}
REVIEW, REVIEW_TITLE = "review", _("Review and submit")


@dataclass(frozen=True, slots=True)
class Step:
    """One part as templates/parts/_steps.html lists it."""

    label: Any
    url: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part as the last page shows it for reading."""

    title: Any
    url: str
    facts: Sequence[Fact]
    has_problem: bool


class Wizard:
    """One claim on its way through the wizard, for one person."""

    def __init__(self, claim: Claim, by: User) -> None:
        self.claim, self.by = claim, by

    @cached_property
    def forms(self) -> list[PartForm]:
        """The parts that are this person's to fill in now, each as it is stored."""
        return [
            form(claim=self.claim, by=self.by)
            for form in PARTS
            if self.why_closed(form) is None
        ]

    def why_closed(self, form: type[PartForm]) -> str | None:
        """Return why a part is not open to this person, or None."""
        if form is DetailsForm and not (self.claim.terms and self.claim.terms.extra):
            return _t("The role of this claim asks for no further details.")
        return actions.why_closed(self.claim, self.by, form.part)

    def steps(self, current: str) -> list[Step]:
        """Return the list of parts beside the page."""
        steps = [self._step(form, current) for form in self.forms]
        if self.submission:
            state = "current" if current == REVIEW else "open"
            steps.append(Step(REVIEW_TITLE, self.url(REVIEW), state))
        return steps

    def _step(self, form: PartForm, current: str) -> Step:
        if form.slug == current:
            state = "current"
        elif form.has_problem():
            state = "problem"
        else:
            state = "done" if form.is_complete() else "open"
        return Step(form.title, self.url(form.slug), state, form.summary())

    def sections(self) -> list[Section]:
        """Return every part of the claim for reading, with the way back to it."""
        is_open = {form.slug for form in self.forms}
        shown = [form(claim=self.claim, by=self.by) for form in PARTS]
        return [
            Section(
                form.title,
                self.url(form.slug) if form.slug in is_open else "",
                form.facts(),
                form.slug in is_open and form.has_problem(),
            )
            for form in shown
            if form.fields or form.slug in is_open
        ]

    def missing(self) -> list[Step]:
        """Return the parts that stand in the way of submitting."""
        steps = [self._step(form, "") for form in self.forms if not form.is_optional]
        return [step for step in steps if step.state != "done"]

    @cached_property
    def submission(self) -> Offer | None:
        """The step that hands the claim in, open or closed; None if there is none."""
        offers = offers_to(self.by, self.claim)
        return next((each for each in offers if each.action.is_submission), None)

    @property
    def start_url(self) -> str:
        """Where somebody who comes back goes on: the first part that is not done."""
        waiting = (form for form in self.forms if not form.is_optional)
        unfinished = next((form for form in waiting if not form.is_complete()), None)
        if unfinished:
            return self.url(unfinished.slug)
        return (
            self.url(self._slugs[-1]) if self._slugs else self.claim.get_absolute_url()
        )

    def before(self, slug: str) -> str:
        """Return the address of the part before this one, or ""."""
        place = self._slugs.index(slug) if slug in self._slugs else 0
        return self.url(self._slugs[place - 1]) if place else ""

    def after(self, slug: str) -> str:
        """Return where "Next" leads: the next open part, or the claim's page."""
        following = self._slugs[self._slugs.index(slug) + 1 :]
        return self.url(following[0]) if following else self.claim.get_absolute_url()

    def is_last(self, slug: str) -> bool:
        return self._slugs[-1] == slug

    def place(self, slug: str) -> tuple[int, int]:
        """Return which step of how many this is."""
        return self._slugs.index(slug) + 1, len(self._slugs)

    def url(self, slug: str) -> str:
        return reverse("claim-wizard", args=[self.claim.number, slug])

    @property
    def _slugs(self) -> list[str]:
        slugs = [form.slug for form in self.forms]
        return [*slugs, REVIEW] if self.submission else slugs


def first_steps() -> list[Step]:
    """Return the list of parts for a claim that does not exist yet."""
    parts = [form for form in PARTS if form is not DetailsForm]
    steps = [Step(form.title, "", "open") for form in parts[1:]]
    current = Step(parts[0].title, "", "current")
    return [current, *steps, Step(REVIEW_TITLE, "", "open")]
