import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {"ledger_noticeterm": ()}


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0022_lift_request"),
        ("ledger", "0008_sales"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(choices=[("disclosure", "disclosure"), ("answer", "answer")], max_length=12)),
                ("days", models.PositiveSmallIntegerField()),
                ("counted", models.CharField(choices=[("calendar", "calendar"), ("working", "working")], max_length=8)),
                ("from_day", models.DateField()),
                ("source", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facts.party")),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("source", ""), _negated=True), name="noticeterm_source")]},
        ),
        operation(TABLES),
    ]
