from django.db import migrations, models

from lianjie.facts.append_only import operation, remove

TABLES: dict[str, tuple[str, ...]] = {"facts_rentterms": ()}


class Migration(migrations.Migration):
    dependencies = [("facts", "0034_input_back")]

    operations = [
        # SQLite makes the table anew, and its guards with it.
        migrations.RunPython(
            lambda apps, editor: remove(editor.connection, TABLES), migrations.RunPython.noop, elidable=False
        ),
        migrations.AddField(
            model_name="rentterms",
            name="grade",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        operation(TABLES),
    ]
