import django.db.models.deletion
from django.db import migrations, models

from lianjie.facts.append_only import operation, remove

TABLES: dict[str, tuple[str, ...]] = {"facts_wagepayment": ()}


class Migration(migrations.Migration):
    dependencies = [("facts", "0027_wage_sent")]

    operations = [
        # SQLite makes the table anew, and its guards with it.
        migrations.RunPython(lambda apps, editor: remove(editor.connection, TABLES), migrations.RunPython.noop),
        migrations.AlterField(
            model_name="wagepayment",
            name="payroll",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="facts.payroll"
            ),
        ),
        operation(TABLES),
    ]
