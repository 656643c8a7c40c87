import django.db.models.deletion
from django.db import migrations, models

from lianjie.facts.append_only import operation, remove

TABLES: dict[str, tuple[str, ...]] = {"facts_bondmove": ()}
OF_ONE = models.Q(("contract__isnull", True), ("lease__isnull", False), ("sublease__isnull", True))
OF_ONE |= models.Q(("contract__isnull", False), ("lease__isnull", True), ("sublease__isnull", True))
OF_ONE |= models.Q(("contract__isnull", True), ("lease__isnull", True), ("sublease__isnull", False))


class Migration(migrations.Migration):
    dependencies = [("facts", "0025_remark")]

    operations = [
        # SQLite builds the table anew, and its guards go with the old one; so they are put on again.
        migrations.RunPython(
            lambda apps, editor: remove(editor.connection, TABLES), migrations.RunPython.noop, elidable=False
        ),
        migrations.RemoveConstraint(model_name="bondmove", name="bondmove_of_one"),
        migrations.AddField(
            model_name="bondmove",
            name="sublease",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="bond_moves", to="facts.leasechange"),
        ),
        migrations.AddConstraint(
            model_name="bondmove",
            constraint=models.CheckConstraint(condition=models.Q(("fen__gt", 0), OF_ONE), name="bondmove_of_one"),
        ),
        operation(TABLES),
    ]
