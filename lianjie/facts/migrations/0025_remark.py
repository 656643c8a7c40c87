import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {"facts_remark": (), "facts_remarkanswer": ()}


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0024_guardian_consent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=200)),
                ("text", models.CharField(max_length=1000)),
                ("version", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="remark_text")],
                "indexes": [models.Index(fields=["by", "id"], name="remark_by_writer")],
            },
        ),
        migrations.CreateModel(
            name="RemarkAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("remark", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="facts.remark")),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="remarkanswer_text")]},
        ),
        operation(TABLES),
    ]
