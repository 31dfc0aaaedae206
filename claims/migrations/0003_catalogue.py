"""The products that a new installation starts with."""

from django.db import migrations

from claims.catalogue import load_catalogue


def load(apps, schema_editor):
    load_catalogue(apps.get_model("claims", "Product"))


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_numbers_and_composite_keys")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
