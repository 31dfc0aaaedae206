"""A comment that goes with a submission, and one draft for each form sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_catalogue")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="covering_note",
            field=models.TextField(
                blank=True,
                default="",
                max_length=5000,
                verbose_name="comment for the reviewers",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="claim",
            name="draft_key",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                fields=("partner", "draft_key"), name="one_draft_per_form"
            ),
        ),
    ]
