"""What the apps above claims add to the page of a claim, in this order."""

from claims.views.claim import SectionMaker
from disputes.sections import dispute
from reviews.sections import assignment, conversation, notes

SECTIONS: list[SectionMaker] = [dispute, conversation, notes, assignment]
