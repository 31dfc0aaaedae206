"""Claims that anybody pushes anywhere at any time, and that never leave the table."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from accounts.models import StaffRole, Title
from claims import checking, engine, verify
from claims.access import CUSTOMER, SYSTEM, actor_for
from claims.machine import Given, GivenReason, Refused
from claims.models import Check, Claim, Event, Evidence, Line
from claims.reasons import (
    INFORMATION_REASONS,
    REJECTION_REASONS,
    WITHDRAWAL_REASONS,
)
from claims.sweep import Swept, act, remind
from notifications.models import Delivery, DeliveryState
from tests import factories
from tests.claims.test_workflow import LEGAL, STATES, STEPS, TIMEOUTS

pytestmark = pytest.mark.django_db

MOVES = 300
# Beyond the table: what needs an occasion, and who may take it then.
OCCASIONS = {
    ("submitted", "return", "system"): "action_required",
    ("approved", "supersede", "lead"): "rejected_final",
}
ALLOWED = {**LEGAL, **OCCASIONS}
REASONS = [*INFORMATION_REASONS, *REJECTION_REASONS, *WITHDRAWAL_REASONS]
JUMPS = [timedelta(hours=2), timedelta(days=2), timedelta(days=9), timedelta(days=40)]
# Steps that end a walk's fun; taken less often.
DULL = {"delete", "withdraw", "disassociate", "uphold"}


class Walk:
    """One claim, those who push it, and its own time; the seed decides what happens."""

    def __init__(self, seed):
        self.luck = random.Random(seed)  # noqa: S311 -- a walk that can be repeated
        admin = factories.person(factories.partner(), Title.GLOBAL_ADMIN)
        self.people = {
            "admin": actor_for(admin),
            "colleague": actor_for(factories.person(admin.partner, Title.PARTNER_USER)),
            "rival": actor_for(factories.person(factories.partner())),
            "reviewer": actor_for(factories.staff()),
            "other reviewer": actor_for(factories.staff()),
            "lead": actor_for(factories.staff(StaffRole.LEAD)),
            "auditor": actor_for(factories.staff(StaffRole.AUDITOR)),
            "customer": CUSTOMER,
            "system": SYSTEM,
        }
        self.begin()

    def begin(self):
        """Let the next claim come to life."""
        self.now, self.read = factories.NOW, 0
        self.claim = factories.draft(by=self.people["admin"].user)

    def move(self):
        """Do anything at all."""
        sleepy = self.claim.stage.waits_on == "partner" and self.read
        deeds = [self.push] * 12 + [self.judge_file] * 3 + [self.wait, self.attach]
        self.luck.choice(deeds + [self.sweep] * (16 if sleepy else 2))()

    def push(self):
        """Somebody tries a step; more often one that could be theirs."""
        step, name = self.luck.choice(STEPS), self.luck.choice([*self.people])
        likely = [(s, n) for state, s, n in ALLOWED if state == self.claim.state]
        if likely and self.luck.random() < 0.8:
            step, role = self.luck.choice(likely)
            if self.luck.random() < 0.75:  # otherwise anybody tries
                name = self.somebody(role)
        if step in DULL and self.luck.random() < 0.8:
            return
        with suppress(Refused):
            engine.take(
                claim=self.claim,
                step=step,
                actor=self.people[name],
                given=self.given(step),
                now=self.now,
            )

    def somebody(self, role):
        if role == "assigned":
            by_user = {who.user: name for name, who in self.people.items()}
            return by_user.get(self.claim.assignee, "reviewer")
        reviewers = ["reviewer", "other reviewer"]
        return self.luck.choice(reviewers) if role == "fresh" else role

    def given(self, step):
        """Give what fits most of the time, and anything otherwise."""
        action = self.claim.stage.action(step)
        codes = list(action.reasons[:1]) if action else []
        if self.luck.random() < 0.15:
            codes = [self.luck.choice(REASONS)]
        return Given(
            comment=self.luck.choice(["Because."] * 9 + [""]),
            reasons=[GivenReason(code) for code in codes],
            accepted_lines=frozenset(
                Line.objects.filter(claim=self.claim).values_list("pk", flat=True)
            ),
        )

    def wait(self):
        self.now += self.luck.choice(JUMPS)

    def sweep(self):
        """Let the clocks run for some days, with mail or without."""
        for _day in range(self.luck.randrange(2, 12)):
            self.now += timedelta(days=1)
            remind(now=self.now, swept=Swept())
            if self.luck.random() < 0.9:
                Delivery.objects.update(state=DeliveryState.ACCEPTED)
            swept = Swept()
            act(now=self.now, swept=swept)
            assert swept.failed == []

    def attach(self):
        with suppress(Refused):
            factories.file(self.claim, now=self.now, check=Check.RECEIVED)

    def judge_file(self):
        """The inspection comes to an end, sooner or later."""
        waiting = checking.claim_for_check(now=self.now)
        if waiting is not None:
            check = self.luck.choice([Check.CLEAN] * 5 + [Check.REFUSED])
            Evidence.objects.filter(pk=waiting.pk).update(check_state=check)

    @property
    def is_over(self):
        return not Claim.objects.filter(pk=self.claim.pk).exists()

    @property
    def is_at_the_end(self):
        return self.claim.stage.is_final and self.luck.random() < 0.3

    def look(self):
        """Compare what is new in the history with the table; return if there is any."""
        read = self.read
        self.claim = Claim.objects.get(pk=self.claim.pk)
        news = self.claim.events.filter(version__gt=self.read).order_by("version")
        for event in news:
            if event.is_step:
                self.compare(event)
            self.read = event.version
        return self.read > read

    def compare(self, event):
        row = (event.from_state, event.step)
        if event.actor is None and event.actor_role == "system":
            returned = {("submitted", "return", "action_required")}
            assert (*row, event.to_state) in TIMEOUTS | returned
            return
        who = next(n for n, a in self.people.items() if a.user == event.actor)
        names = {who}
        if event.from_state == "disputed" and event.actor == self.claim.rejected_by:
            names = {"assigned"}
        elif event.actor_role in {"reviewer", "lead"}:
            names.add("assigned" if event.actor == self.claim.assignee else "fresh")
        targets = {ALLOWED.get((*row, name)) for name in names}
        assert event.to_state in targets, f"{who}: {row} led to {event.to_state}"


def test_a_walk_at_random_never_leaves_the_table():
    walk, visited = Walk(seed=3), set()
    for _move in range(MOVES):
        walk.move()
        if walk.is_over:
            walk.begin()
        if walk.look():
            assert list(verify.faults()) == []
        visited.add(walk.claim.state)
        if walk.is_at_the_end:
            walk.begin()
    steps = set(Event.objects.values_list("step", flat=True))
    assert visited == set(STATES), "the walk was too short to mean anything"
    assert {"lapse", "expire", "resubmit", "dispute", "overturn"} <= steps
