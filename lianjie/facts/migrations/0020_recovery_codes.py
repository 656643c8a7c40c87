from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facts", "0019_api_token")]

    operations = [
        # A code kept before by its digest alone cannot turn with the keys: its owner makes new ones.
        migrations.RunSQL("DELETE FROM facts_recoverycode", migrations.RunSQL.noop),
        migrations.RenameField("recoverycode", "digest", "index"),
        migrations.AddField(
            "recoverycode", "sealed", models.BinaryField(help_text="None once used", null=True)
        ),
    ]
