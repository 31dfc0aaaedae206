"""A dispute hangs on a claim of its own company only."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0001_initial"),
        ("claims", "0002_numbers_and_composite_keys"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE disputes_dispute ADD CONSTRAINT dispute_of_its_partner "
            "FOREIGN KEY (claim_id, partner_id) "
            "REFERENCES claims_claim (id, partner_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE disputes_dispute DROP CONSTRAINT dispute_of_its_partner",
        ),
    ]
