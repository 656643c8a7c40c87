import django.db.models.deletion
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {"facts_filerows": ()}


class Migration(migrations.Migration):
    dependencies = [("facts", "0020_recovery_codes")]

    operations = [
        migrations.CreateModel(
            name="FileRows",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="file_rows", to="facts.seen")),
                ("rows", models.PositiveIntegerField()),
            ],
        ),
        operation(TABLES),
    ]
