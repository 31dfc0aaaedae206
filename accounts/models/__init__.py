"""What is stored about people, their companies and what they did."""

from accounts.models.budget import Budget
from accounts.models.number import ChangedNumber
from accounts.models.people import (
    ADMIN_TITLES,
    Invitation,
    Partner,
    PartnerLocation,
    StaffRole,
    Title,
    User,
    UserManager,
    display_name,
    people_vector,
    validate_time_zone,
)
from accounts.models.trail import Deed, TrailEntry, TrailHead

__all__ = [
    "ADMIN_TITLES",
    "Budget",
    "ChangedNumber",
    "Deed",
    "Invitation",
    "Partner",
    "PartnerLocation",
    "StaffRole",
    "Title",
    "TrailEntry",
    "TrailHead",
    "User",
    "UserManager",
    "display_name",
    "people_vector",
    "validate_time_zone",
]
