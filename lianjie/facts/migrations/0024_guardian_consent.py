import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {"facts_guardianconsent": ()}


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0023_bond"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuardianConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guardian", models.CharField(max_length=80)),
                ("relation", models.CharField(help_text="what the guardian is to the child", max_length=40)),
                ("day", models.DateField()),
                ("evidence", models.CharField(help_text="where it is written", max_length=300)),
                ("taken_back", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="guardian_consents", to="facts.party")),
            ],
        ),
        operation(TABLES),
    ]
