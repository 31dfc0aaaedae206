"""Let the policies judge an attachment first, and then whether it is of its claim."""

from django.db import migrations

MOVED = """
DROP TRIGGER attachment_of_its_claim ON reviews_comment_attachments;
CREATE TRIGGER attachment_of_its_claim
    {when} INSERT OR UPDATE ON reviews_comment_attachments
    FOR EACH ROW EXECUTE FUNCTION attachment_of_its_claim();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_attachment_of_its_claim")]

    operations = [
        migrations.RunSQL(MOVED.format(when="AFTER"), MOVED.format(when="BEFORE"))
    ]
