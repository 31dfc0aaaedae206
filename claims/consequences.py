"""What follows from a step, in words, with the number of days that is in force."""

from django.utils.translation import ngettext_lazy

from accounts.rulebook import saying
from claims import rulebook

ENDS_FOR_GOOD = saying(
    rulebook.DISPUTE_WINDOW_DAYS,
    ngettext_lazy(
        "The claim becomes Rejected at your own request. It cannot be disputed "
        "and ends for good after %(count)d day.",
        "The claim becomes Rejected at your own request. It cannot be disputed "
        "and ends for good after %(count)d days.",
        "count",
    ),
)
REVIEW_STARTS = saying(
    rulebook.REVIEW_START_DAYS,
    ngettext_lazy(
        "A reviewer starts within %(count)d business day. Until then only "
        "comments can be added.",
        "A reviewer starts within %(count)d business days. Until then only "
        "comments can be added.",
        "count",
    ),
)
REVIEW_RUNS = saying(
    rulebook.REVIEW_DAYS,
    ngettext_lazy(
        "You become the assigned reviewer and have %(count)d business day to decide.",
        "You become the assigned reviewer and have %(count)d business days to decide.",
        "count",
    ),
)
PARTNER_ANSWERS = saying(
    rulebook.PARTNER_RESPONSE_DAYS,
    ngettext_lazy(
        "The partner has %(count)d business day to answer. Without an answer the "
        "claim is rejected.",
        "The partner has %(count)d business days to answer. Without an answer "
        "the claim is rejected.",
        "count",
    ),
)
MAY_DISPUTE = saying(
    rulebook.DISPUTE_WINDOW_DAYS,
    ngettext_lazy(
        "The partner may dispute once within %(count)d day. Another reviewer "
        "decides the dispute.",
        "The partner may dispute once within %(count)d days. Another reviewer "
        "decides the dispute.",
        "count",
    ),
)
DISPUTE_IS_ANSWERED = saying(
    rulebook.DISPUTE_ANSWER_DAYS,
    ngettext_lazy(
        "Another reviewer answers within %(count)d business day. A claim can be "
        "disputed only once.",
        "Another reviewer answers within %(count)d business days. A claim can be "
        "disputed only once.",
        "count",
    ),
)
