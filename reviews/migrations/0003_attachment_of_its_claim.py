"""A comment carries files of its own claim only."""

from django.db import migrations

ON = """
CREATE FUNCTION attachment_of_its_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM reviews_comment c JOIN claims_evidence e ON e.claim_id = c.claim_id
        WHERE c.id = NEW.comment_id AND e.id = NEW.evidence_id
    ) THEN
        RAISE EXCEPTION 'A comment carries files of its own claim only.'
            USING CONSTRAINT = 'attachment_of_its_claim';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachment_of_its_claim
    BEFORE INSERT OR UPDATE ON reviews_comment_attachments
    FOR EACH ROW EXECUTE FUNCTION attachment_of_its_claim();
"""
OFF = """
DROP TRIGGER attachment_of_its_claim ON reviews_comment_attachments;
DROP FUNCTION attachment_of_its_claim();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0002_comment_of_its_partner"),
        ("claims", "0014_keys_of_one_company"),
    ]

    operations = [migrations.RunSQL(ON, OFF)]
