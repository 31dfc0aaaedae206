"""The sequence of claim numbers, and keys that bind a child to its claim's company."""

from django.db import migrations

CHILDREN = ("line", "event", "deadline", "evidence")


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE claims_number MINVALUE 0 START 1",
            "DROP SEQUENCE claims_number",
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE claims_{child} ADD CONSTRAINT {child}_of_its_partner "
                "FOREIGN KEY (claim_id, partner_id) "
                "REFERENCES claims_claim (id, partner_id) "
                "DEFERRABLE INITIALLY DEFERRED",
                f"ALTER TABLE claims_{child} DROP CONSTRAINT {child}_of_its_partner",
            )
            for child in CHILDREN
        ),
    ]
