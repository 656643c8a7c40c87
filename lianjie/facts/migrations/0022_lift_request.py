import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {"facts_liftrequest": ()}


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0021_file_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LiftRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("hold", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="facts.legalhold")),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="liftrequest_reason")]},
        ),
        operation(TABLES),
    ]
