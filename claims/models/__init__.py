"""What is stored about claims; one module per noun."""

from claims.models.brake import Brake, BrakeEntry
from claims.models.calendar import CalendarDay, WorkCalendar
from claims.models.catalogue import (
    TERMS,
    Area,
    Engagement,
    Product,
    Terms,
    terms_of,
)
from claims.models.claim import CONTACT_FIELDS, LANGUAGES, Claim
from claims.models.customer import Customer, CustomerDomain, Subscription
from claims.models.deadline import Deadline
from claims.models.event import Event
from claims.models.evidence import Check, Evidence, Kind, Purpose
from claims.models.keeping import Fault, KeepingFault, KeepingRun, ScannerState, Why
from claims.models.line import LINE, Line, line_behind
from claims.models.postponement import Postponement
from claims.models.reading import Reading
from claims.models.reminder import Reminder
from claims.models.saved_view import LONGEST_NAME, SavedView
from claims.models.set_aside import SetAside

__all__ = [
    "CONTACT_FIELDS",
    "LANGUAGES",
    "LINE",
    "LONGEST_NAME",
    "TERMS",
    "Area",
    "Brake",
    "BrakeEntry",
    "CalendarDay",
    "Check",
    "Claim",
    "Customer",
    "CustomerDomain",
    "Deadline",
    "Engagement",
    "Event",
    "Evidence",
    "Fault",
    "KeepingFault",
    "KeepingRun",
    "Kind",
    "Line",
    "Postponement",
    "Product",
    "Purpose",
    "Reading",
    "Reminder",
    "SavedView",
    "ScannerState",
    "SetAside",
    "Subscription",
    "Terms",
    "Why",
    "WorkCalendar",
    "line_behind",
    "terms_of",
]
