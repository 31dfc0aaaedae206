"""The numbers of claims, clocks and evidence that a programme admin may change."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Number, declare
from claims.inspection.limits import FILE_BYTES, MIB

CLOCKS, EVIDENCE = _("Clocks"), _("Proof of execution (PoE)")
BUSINESS_DAYS, CALENDAR_DAYS = _("business days"), _("calendar days")

REVIEW_START_DAYS = declare(
    Number(
        "review_start_days",
        _("Start of the review"),
        _("After so many days the clock itself starts the review of a claim."),
        BUSINESS_DAYS,
        least=1,
        most=60,
        default=lambda: settings.CLOCK_DAYS["review_start"],
        group=CLOCKS,
    )
)
REVIEW_DAYS = declare(
    Number(
        "review_days",
        _("Decision"),
        _("Within so many days a reviewer decides; then the leads are told."),
        BUSINESS_DAYS,
        least=1,
        most=120,
        default=lambda: settings.CLOCK_DAYS["review"],
        group=CLOCKS,
    )
)
# Shorter, no reminder would fit in, and without one the clock is held (DOMAIN.md §3).
PARTNER_RESPONSE_DAYS = declare(
    Number(
        "partner_response_days",
        _("Partner's answer"),
        _("So long a partner may take to send what is missing; then a claim lapses."),
        BUSINESS_DAYS,
        least=3,
        most=120,
        default=lambda: settings.CLOCK_DAYS["partner_response"],
        group=CLOCKS,
    )
)
DISPUTE_WINDOW_DAYS = declare(
    Number(
        "dispute_window_days",
        _("Time to dispute"),
        _("So long a rejection can be disputed; then it is final."),
        CALENDAR_DAYS,
        least=7,
        most=366,
        default=lambda: settings.CLOCK_DAYS["dispute_window"],
        group=CLOCKS,
    )
)
DISPUTE_ANSWER_DAYS = declare(
    Number(
        "dispute_answer_days",
        _("Answer to a dispute"),
        _("Within so many days a dispute is answered; then the leads are told."),
        BUSINESS_DAYS,
        least=1,
        most=60,
        default=lambda: settings.CLOCK_DAYS["dispute_answer"],
        group=CLOCKS,
    )
)
# A clock's own limit, set where its brake is, beats this one (claims/brakes.py).
DAILY_LIMIT = declare(
    Number(
        "clock_daily_limit",
        _("Steps a day that a clock takes by itself"),
        _("More of them in a day stop the clock until a lead releases it."),
        _("steps"),
        least=1,
        most=1_000_000,
        default=lambda: settings.CLOCK_DAILY_LIMIT,
        group=CLOCKS,
    )
)
# The inspection's time and memory are measured for files of this size, no larger.
EVIDENCE_MAX_BYTES = declare(
    Number(
        "evidence_max_megabytes",
        _("Size of a file"),
        _("A larger file is refused while it is uploaded. Stored files stay."),
        _("MB"),
        least=1,
        most=FILE_BYTES // MIB,
        default=lambda: settings.EVIDENCE_MAX_BYTES,
        scale=MIB,
        group=EVIDENCE,
    )
)
EVIDENCE_MAX_FILES = declare(
    Number(
        "evidence_max_files",
        _("Files per round"),
        _("So many files may be handed in at once. Files that are there stay."),
        _("files"),
        least=1,
        most=50,
        default=lambda: settings.EVIDENCE_MAX_FILES,
        group=EVIDENCE,
    )
)
# A company's own number goes before it (Partner.storage_megabytes).
EVIDENCE_QUOTA_BYTES = declare(
    Number(
        "evidence_quota_megabytes",
        _("Room for the files of a company"),
        _("When it is used up, no more files are taken. Stored files stay."),
        _("MB"),
        least=25,
        most=1024 * 1024,
        default=lambda: settings.EVIDENCE_QUOTA_BYTES,
        scale=MIB,
        group=EVIDENCE,
    )
)
EVIDENCE_SIGNATURE_MONTHS = declare(
    Number(
        "evidence_signature_months",
        _("Age of the customer's signature"),
        _("An older signature warns the partner and fails the reviewers' checklist."),
        _("months"),
        least=1,
        most=120,
        default=lambda: settings.EVIDENCE_SIGNATURE_MONTHS,
        group=EVIDENCE,
    )
)
ERASURE_AFTER_DAYS = declare(
    Number(
        "erasure_after_days",
        _("Erasure on request"),
        _("So long after its end a claim stays whole; then it can be erased."),
        _("calendar days"),
        least=0,
        most=3660,
        default=lambda: settings.ERASURE_AFTER_DAYS,
        group=EVIDENCE,
    )
)
RETENTION_DAYS = declare(
    Number(
        "retention_days",
        _("Erasure by itself"),
        _("So long after its end a claim is erased by itself; 0: never."),
        _("calendar days"),
        least=0,
        most=36600,
        default=lambda: settings.RETENTION_DAYS,
        group=EVIDENCE,
    )
)
# By the name of the clock in claims/workflow.py.
CLOCK_DAYS = {
    "review_start": REVIEW_START_DAYS,
    "review": REVIEW_DAYS,
    "partner_response": PARTNER_RESPONSE_DAYS,
    "dispute_window": DISPUTE_WINDOW_DAYS,
    "dispute_answer": DISPUTE_ANSWER_DAYS,
}
