"""Every column that somebody other than the system may read, written by hand.

Whoever adds a column that partners, the programme's people, a customer or the entrance
may read adds it here, having thought of whom it may tell what. What a scope reads less
of stands in expectation.py.
"""

# What opens an account and is read by its owner alone: allauth and knox compare it,
# list it and end it on their pages for whoever is signed in.
OWN_SECRETS = [
    ("knox_authtoken", "digest"),
    ("knox_authtoken", "token_key"),
    ("mfa_authenticator", "data"),
    ("socialaccount_socialaccount", "extra_data"),
    ("usersessions_usersession", "data"),
    ("usersessions_usersession", "session_key"),
]
# What only sounds like a secret.
NO_SECRETS = [
    ("accounts_trailentry", "hash"),  # of the chain: it proves and opens nothing
    ("accounts_trailentry", "previous_hash"),
    ("accounts_trailhead", "last_hash"),
    ("accounts_user", "session_round"),  # how often somebody's sessions were ended
    ("claims_claim", "draft_key"),  # the browser's number of a draft of one's own
    ("claims_claim", "reason_codes"),
    ("claims_evidence", "refusal_code"),
    ("claims_product", "code"),
    ("claims_product", "keyed_by"),
    ("notifications_message", "key"),  # that names event and reader, so it goes once
]
COLUMNS = {
    table: names.split()
    for table, names in {
        "account_emailaddress": ("id email verified primary user_id"),
        "accounts_budget": ("name spent ends_at"),
        "accounts_changednumber": ("name value"),
        "accounts_invitation": (
            "id email title language token_hash created_at expires_at accepted_at "
            "revoked_at invited_by_id partner_id staff_role"
        ),
        "accounts_partner": ("id name slug created_at is_active storage_megabytes"),
        "accounts_partnerlocation": ("id partner_id name is_enrolled company_id"),
        "accounts_trailentry": (
            "id number deed actor_role about details at network request_id "
            "previous_hash hash actor_id partner_id"
        ),
        "accounts_trailhead": ("id count last_hash seal partner_id"),
        "accounts_user": (
            "id password last_login email name language time_zone title staff_role "
            "is_available is_active session_round date_joined partner_id "
            "left_with_company"
        ),
        "claims_brake": (
            "id clock off_at off_because daily_limit counted_on taken tripped_at"
        ),
        "claims_brakeentry": ("id clock deed reason details at by_id"),
        "claims_calendarday": ("id on name name_de is_working is_own calendar_id"),
        "claims_claim": (
            "id number state version round area engagement customer_name domain "
            "tenant_id name customer_contact_name customer_contact_title "
            "customer_contact_email customer_language partner_contact_name "
            "partner_contact_email solution_seller isv_solution reason_codes "
            "created_at updated_at state_since due_at first_submitted_at "
            "last_submitted_at review_started_at decided_at approved_at disputed_at "
            "association_ended_at search_words search assignee_id created_by_id "
            "location_id partner_id prefilled_from_id rejected_by_id covering_note "
            "draft_key"
        ),
        "claims_customer": ("id name tenant_id"),
        "claims_customerdomain": ("id domain customer_id"),
        "claims_deadline": (
            "id clock started_at due_at time_zone rule place arithmetic closed_at "
            "act_at held_at held_because ladder next_reminder_at extension_reason "
            "claim_id extended_by_id extends_id partner_id warned_otherwise "
            "postponement_id"
        ),
        "claims_event": (
            "id version step from_state to_state actor_role reasons comment changes "
            "round at applied_at request_id actor_id claim_id partner_id"
        ),
        "claims_evidence": (
            "id public_id purpose kind document_on signed_on signer name "
            "original_name content_type size sha256 content check_state "
            "refusal_code checked_at check_after round uploaded_at submitted_at "
            "claim_id partner_id replaced_by_id uploaded_by_id check_attempts "
            "erased_at malware verified_at"
        ),
        "claims_keepingfault": ("id name what found_at mended_at evidence_id"),
        "claims_keepingrun": ("id started_at finished_at is_open files bytes orphans"),
        "claims_line": (
            "id subscription_id tenant_id engagement standing accepted_at claim_id "
            "partner_id product_id"
        ),
        "claims_postponement": (
            "id cause began_at ended_at clocks reason recorded_at reached moved "
            "failed finished_at by_id calendar_id"
        ),
        "claims_product": ("id code name area keyed_by is_active"),
        "claims_reading": (
            "id outcome facts_sha256 unit page_count page_sizes found days read_at "
            "evidence_id partner_id"
        ),
        "claims_reminder": (
            "id rung days at settled_at outcome deadline_id partner_id reader_id"
        ),
        "claims_savedview": ("id name query created_at owner_id partner_id"),
        "claims_scannerstate": ("id is_open why detail version since checked_at"),
        "claims_setaside": (
            "id first_at last_at attempts error reported_at mended_at deadline_id "
            "partner_id"
        ),
        "claims_subscription": (
            "id subscription_id condition is_csp customer_id product_id"
        ),
        "claims_workcalendar": (
            "id country subdivision time_zone working_weekdays first_on last_on "
            "source partner_id"
        ),
        "disputes_dispute": (
            "id justification opened_at result statement decided_at claim_id "
            "decided_by_id opened_by_id partner_id"
        ),
        "django_content_type": ("id app_label model"),
        "django_session": ("session_key session_data expire_date"),
        "knox_authtoken": ("digest created user_id expiry token_key"),
        "mfa_authenticator": ("id type data user_id created_at last_used_at"),
        "notifications_delivery": (
            "id state attempts next_attempt_at lease accepted_at unreachable_at "
            "last_error message_id bounced_at"
        ),
        "notifications_message": (
            "id key topic address language context group url message_id created_at "
            "read_at recipient_id told_in_id"
        ),
        "notifications_preference": ("id group by_mail user_id"),
        "reviews_comment": ("id text at author_id claim_id partner_id"),
        "reviews_comment_attachments": ("id comment_id evidence_id"),
        "reviews_note": ("id text at author_id claim_id"),
        "socialaccount_socialaccount": (
            "id provider uid last_login date_joined extra_data user_id"
        ),
        "socialaccount_socialapp": (
            "id provider name client_id secret key provider_id settings"
        ),
        "socialaccount_socialtoken": (
            "id token token_secret expires_at account_id app_id"
        ),
        "usersessions_usersession": (
            "id created_at ip last_seen_at session_key user_agent data user_id"
        ),
    }.items()
}
