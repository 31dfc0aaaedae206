from django.db import migrations, models

NAMES = {
    "trail_company": "trail_of_company",
    "trail_person": "trail_of_person",
    "trail_deed": "trail_of_deed",
    "trail_about": "trail_of_thing",
    "trail_time": "trail_by_time",
}
FIELDS = {
    "trail_of_company": ["partner"],
    "trail_of_person": ["actor"],
    "trail_of_deed": ["deed"],
    "trail_of_thing": ["about"],
    "trail_by_time": [],
}


class Migration(migrations.Migration):
    """Order the trail as its page reads it: by time, then by row."""

    dependencies = [("accounts", "0005_room_for_files")]

    operations = [
        migrations.AlterModelOptions(
            name="trailentry",
            options={
                "ordering": ("-at", "-id"),
                "verbose_name": "entry of the audit trail",
                "verbose_name_plural": "audit trail",
            },
        ),
        *(
            migrations.RemoveIndex(model_name="trailentry", name=name)
            for name in NAMES
        ),
        *(
            migrations.AddIndex(
                model_name="trailentry",
                index=models.Index(fields=[*fields, "-at", "-id"], name=name),
            )
            for name, fields in FIELDS.items()
        ),
    ]
