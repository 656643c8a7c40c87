from django.db import migrations, models

from lianjie.facts.append_only import operation, remove

TABLES: dict[str, tuple[str, ...]] = {"facts_contractreceipt": ()}


class Migration(migrations.Migration):
    dependencies = [("facts", "0028_wage_unpaid")]

    operations = [
        # SQLite makes the table anew, and its guards with it.
        migrations.RunPython(lambda apps, editor: remove(editor.connection, TABLES), migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="contractreceipt", name="contractreceipt_above_zero"),
        migrations.AddConstraint(
            model_name="contractreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("fen", 0), _negated=True), name="contractreceipt_not_zero"
            ),
        ),
        operation(TABLES),
    ]
