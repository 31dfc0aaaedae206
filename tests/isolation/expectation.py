"""What each scope may do with each table, written by hand: cpor/doors.py said again."""

from accounts.scopes import Scope

COMPANY = "partner_id = {company}"
PERSON = "user_id = {person}"
CLAIM = "claim_id = {claim}"
OF_CALENDAR = (
    "calendar_id = (SELECT id FROM claims_workcalendar WHERE partner_id = {company})"
)
OF_ACCOUNT = (
    "account_id = (SELECT id FROM socialaccount_socialaccount WHERE user_id = {person})"
)
OF_ADDRESS = (
    "email_address_id = (SELECT id FROM account_emailaddress WHERE user_id = {person})"
)
OF_MESSAGE = (
    "message_id IN (SELECT id FROM notifications_message WHERE recipient_id = {person})"
)
OF_AN_EXPORT = "partner_id = {company} AND deed = 'export'"
OF_FILE = "evidence_id IN (SELECT id FROM claims_evidence WHERE partner_id = {company})"
# Of each table: whose a row is, then per scope what may be done with rows of one's own
# and of another company. S select, I insert, U update, D delete.
#                              entrance partner  staff        customer system
ROWS = {
    "claims_claim": (COMPANY, "/", "SIUD/", "SU/SU", "SU/", "SIUD/SIUD"),
    "claims_line": (CLAIM, "/", "SIUD/", "SU/SU", "SU/", "SIUD/SIUD"),
    "claims_evidence": (CLAIM, "/", "SIUD/", "SIU/SIU", "/", "SIUD/SIUD"),
    "claims_reading": (OF_FILE, "/", "SIUD/", "SIU/SIU", "/", "SIUD/SIUD"),
    "claims_keepingfault": (OF_FILE, "/", "SD/", "S/S", "/", "SIUD/SIUD"),
    "claims_deadline": (CLAIM, "/", "SIU/", "SIU/SIU", "SIU/", "SIUD/SIUD"),
    "claims_event": (CLAIM, "/", "SI/", "SI/SI", "SI/", "SIU/SIU"),
    "claims_reminder": (COMPANY, "/", "/", "S/S", "/", "SIUD/SIUD"),
    "claims_setaside": (COMPANY, "/", "/", "S/S", "/", "SIUD/SIUD"),
    "claims_savedview": (COMPANY, "/", "SIUD/", "SIUD/", "/", "SIUD/SIUD"),
    "claims_workcalendar": (COMPANY, "/", "S/", "SIUD/SIUD", "S/", "SIUD/SIUD"),
    "claims_calendarday": (
        OF_CALENDAR,
        *("/", "S/", "SIUD/SIUD", "S/", "SIUD/SIUD"),
    ),
    "claims_postponement": (
        OF_CALENDAR,
        *("/", "S/", "SIU/SIU", "S/", "SIUD/SIUD"),
    ),
    "reviews_comment": (CLAIM, "/", "SI/", "SI/SI", "/", "SIUD/SIUD"),
    "reviews_comment_attachments": (
        *(OF_FILE, "/", "SID/", "SI/SI", "/", "SIUD/SIUD"),
    ),
    "reviews_note": (CLAIM, "/", "/", "SI/SI", "/", "SIUD/SIUD"),
    "disputes_dispute": (CLAIM, "/", "S/", "S/S", "/", "SIUD/SIUD"),
    "accounts_partner": (
        *("id = {company}", "S/S", "SU/", "SIUD/SIUD", "S/", "SIUD/SIUD"),
    ),
    "accounts_partnerlocation": (
        *("company_id = {company}", "/", "S/", "SIUD/SIUD", "S/", "SIUD/SIUD"),
    ),
    "accounts_user": (
        *("id = {person}", "SU/SU", "SU/", "SIUD/SIUD", "/", "SIUD/SIUD"),
    ),
    "accounts_invitation": (
        *(COMPANY, "SU/SU", "SIU/", "SIUD/SIUD", "/", "SIUD/SIUD"),
    ),
    # Of its own chain a company reads some deeds only.
    "accounts_trailentry": (OF_AN_EXPORT, "/", "S/", "S/S", "/", "SI/SI"),
    "accounts_trailhead": (COMPANY, "/", "/", "S/S", "/", "SIU/SIU"),
    "mfa_authenticator": (*(PERSON, "SIU/SIU", "SIUD/", "SIUD/", "/", "SIUD/SIUD"),),
    "usersessions_usersession": (
        *(PERSON, "SIUD/SIUD", "SIUD/", "SIUD/", "/", "SIUD/SIUD"),
    ),
    "knox_authtoken": (*(PERSON, "SIUD/SIUD", "SIUD/", "SIUD/", "/", "SIUD/SIUD"),),
    "socialaccount_socialaccount": (
        *(PERSON, "SIUD/SIUD", "SIUD/", "SIUD/", "/", "SIUD/SIUD"),
    ),
    "socialaccount_socialtoken": (
        OF_ACCOUNT,
        *("SIUD/SIUD", "/", "/", "/", "SIUD/SIUD"),
    ),
    "account_emailaddress": (PERSON, "S/S", "S/", "S/", "/", "SIUD/SIUD"),
    "account_emailconfirmation": (
        OF_ADDRESS,
        *("/", "/", "/", "/", "SIUD/SIUD"),
    ),
    "notifications_message": (
        *("recipient_id = {person}", "/", "SU/", "SU/SU", "/", "SIUD/SIUD"),
    ),
    "notifications_delivery": (
        OF_MESSAGE,
        *("/", "/", "SU/SU", "/", "SIUD/SIUD"),
    ),
    "notifications_preference": (PERSON, "/", "SIUD/", "SIUD/", "/", "SIUD/SIUD"),
}
# Tables whose rows are nobody's: the commands alone.
SHARED = {
    "accounts_budget": ("SIU", "SIU", "SIU", "", "SIUD"),
    "accounts_changednumber": ("S", "S", "SIUD", "S", "SIUD"),
    "auth_group": ("", "", "", "", "SIUD"),
    "auth_group_permissions": ("", "", "", "", "SIUD"),
    "auth_permission": ("", "", "", "", "SIUD"),
    "claims_brake": ("", "S", "SIU", "", "SIUD"),
    "claims_brakeentry": ("", "", "SI", "", "SIUD"),
    "claims_customer": ("", "S", "SIUD", "S", "SIUD"),
    "claims_customerdomain": ("", "S", "SIUD", "S", "SIUD"),
    "claims_keepingrun": ("", "", "S", "", "SIUD"),
    "claims_product": ("", "S", "SIUD", "S", "SIUD"),
    "claims_scannerstate": ("", "S", "S", "", "SIUD"),
    "claims_subscription": ("", "S", "SIUD", "S", "SIUD"),
    "django_content_type": ("", "", "S", "", "SIUD"),
    "django_migrations": ("", "", "", "", "SIUD"),
    "django_session": ("SIUD", "", "", "", "SIUD"),
    "socialaccount_socialapp": ("S", "", "", "", "SIUD"),
}
# What a scope may change of a table, where that is not every column.
COLUMNS = {
    ("accounts_invitation", Scope.ENTRANCE): {"accepted_at"},
    ("accounts_partner", Scope.PARTNER): {"slug"},
    ("claims_event", Scope.SYSTEM): {"changes"},
    ("accounts_user", Scope.ENTRANCE): {
        *("password", "last_login", "session_round", "language"),
    },
    ("accounts_user", Scope.PARTNER): {
        *("password", "last_login", "session_round", "language", "name", "time_zone"),
        *("title", "is_active", "left_with_company"),
    },
    ("notifications_message", Scope.PARTNER): {"read_at"},
}
# What a scope may read of a table, where that is not every column.
WHAT_WAS_LOST = {
    *("id", "cause", "began_at", "ended_at", "clocks", "calendar_id", "reason"),
    *("by_id", "recorded_at"),
}
OF_PEOPLE = {
    *("id", "email", "name", "language", "time_zone", "partner_id", "title"),
    *("staff_role", "is_available", "is_active", "left_with_company"),
    *("session_round", "date_joined", "last_login"),
}
OF_INVITATIONS = {
    *("id", "email", "partner_id", "title", "staff_role", "language"),
    *("invited_by_id", "created_at", "expires_at", "accepted_at", "revoked_at"),
}
READABLE = {
    ("accounts_user", Scope.PARTNER): OF_PEOPLE,
    ("accounts_user", Scope.STAFF): OF_PEOPLE,
    ("accounts_invitation", Scope.PARTNER): OF_INVITATIONS,
    ("accounts_invitation", Scope.STAFF): OF_INVITATIONS,
    ("accounts_trailentry", Scope.PARTNER): {
        *("id", "partner_id", "number", "deed", "actor_id", "actor_role"),
        *("about", "details", "at"),
    },
    ("claims_postponement", Scope.PARTNER): WHAT_WAS_LOST,
    ("claims_postponement", Scope.CUSTOMER): WHAT_WAS_LOST,
}
