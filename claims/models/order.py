"""What lists of claims are sorted by, as the indexes know it too."""

from datetime import UTC, datetime

from django.db.models import Case, F, Func, SmallIntegerField, TextField, Value, When
from django.db.models.functions import Coalesce, Lower

from claims.workflow import CLAIM

# Claims without a deadline stand last, whichever way the list is sorted by it.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
# Readers look for "Ärzte" under A, whatever collations the server was built with.
ACCENTED = "äàáâãåąçćčďèéêëęěìíîïłñńňòóôõöøřśšßťùúûüůýÿźżž"
PLAIN = "aaaaaaacccdeeeeeeiiiilnnnoooooorssstuuuuuyyzzz"


def folded(field: str) -> Func:
    """Return a text without regard to capitals and accents."""
    return Func(
        Lower(field),
        Value(ACCENTED),
        Value(PLAIN),
        function="TRANSLATE",
        output_field=TextField(),
    )


def stage_rank() -> Case:
    """Return where in a claim's life its state stands."""
    return Case(
        *(When(state=state, then=Value(n)) for n, state in enumerate(CLAIM.stages)),
        output_field=SmallIntegerField(),
    )


def due_or(stand_in: datetime) -> Coalesce:
    """Return when the claim is due, or a moment that stands for "never"."""
    return Coalesce(F("due_at"), Value(stand_in))
