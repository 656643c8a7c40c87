from django.db import migrations, models


class Migration(migrations.Migration):
    """Pages of the journal are read in order; PostgreSQL sorted a whole day for each."""

    dependencies = [("ledger", "0009_notice_term")]

    operations = [
        migrations.RemoveIndex("entry", "ledger_entr_organis_43e1a2_idx"),
        migrations.AddIndex("entry", models.Index(fields=["organisation", "day", "id"], name="entry_in_order")),
    ]
