"""What hangs on a claim hangs on one of the same company, whichever way it hangs."""

from django.db import migrations

# table, name, its columns -> the table and columns they must be found in together
KEYS = (
    ("claims_evidence", "replacement_of_its_claim", "replaced_by_id, claim_id",
     "claims_evidence", "id, claim_id"),
    ("claims_deadline", "extension_of_its_claim", "extends_id, claim_id",
     "claims_deadline", "id, claim_id"),
    ("claims_reminder", "reminder_of_its_partner", "deadline_id, partner_id",
     "claims_deadline", "id, partner_id"),
    ("claims_setaside", "set_aside_of_its_partner", "deadline_id, partner_id",
     "claims_deadline", "id, partner_id"),
    ("claims_reading", "reading_of_its_partner", "evidence_id, partner_id",
     "claims_evidence", "id, partner_id"),
    ("claims_claim", "prefilled_from_its_partner", "prefilled_from_id, partner_id",
     "claims_claim", "id, partner_id"),
    ("claims_claim", "location_of_its_partner", "location_id, partner_id",
     "accounts_partnerlocation", "id, company_id"),
)
# What the keys refer to; (id, partner) of a claim is there since the beginning.
PAIRS = (
    ("claims_evidence", "file_and_its_claim", "id, claim_id"),
    ("claims_evidence", "file_and_its_partner", "id, partner_id"),
    ("claims_deadline", "deadline_and_its_claim", "id, claim_id"),
    ("claims_deadline", "deadline_and_its_partner", "id, partner_id"),
    ("accounts_partnerlocation", "location_and_its_company", "id, company_id"),
)


def added(table, name, rule):
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0013_unreadable_contents"),
        ("accounts", "0003_administration"),
    ]

    operations = [
        *(added(table, name, f"UNIQUE ({pair})") for table, name, pair in PAIRS),
        *(
            added(
                table,
                name,
                f"FOREIGN KEY ({columns}) REFERENCES {other} ({pair})"
                " DEFERRABLE INITIALLY DEFERRED",
            )
            for table, name, columns, other, pair in KEYS
        ),
    ]
