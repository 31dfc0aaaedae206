"""The numbers that a programme admin has changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ChangedNumber",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        primary_key=True,
                        serialize=False,
                        verbose_name="name",
                    ),
                ),
                ("value", models.PositiveIntegerField(verbose_name="value")),
            ],
            options={
                "verbose_name": "changed number",
                "verbose_name_plural": "changed numbers",
                "ordering": ("name",),
            },
        ),
    ]
