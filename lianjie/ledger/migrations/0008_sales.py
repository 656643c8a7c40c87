import django.db.models.deletion
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {"ledger_salesbooked": ()}

# The range of ids is the short way. A plus before a column keeps SQLite from taking another index; on PostgreSQL
# a zero added to it does: by channel it would read every order of a shop for each entry.
SQLITE = (
    """
    CREATE TRIGGER ledger_salesbooked_into_open BEFORE INSERT ON ledger_salesbooked
    WHEN (SELECT posted FROM ledger_entry WHERE id = NEW.entry_id)
    BEGIN SELECT RAISE(ABORT, 'lianjie: the entry is posted; reverse it instead'); END
    """,
    """
    CREATE TRIGGER ledger_entry_sales_add_up BEFORE UPDATE OF posted ON ledger_entry
    WHEN NEW.source LIKE 'sales:%'
    BEGIN
        SELECT RAISE(ABORT, 'lianjie: the orders do not add up to the entry')
        WHERE (
            SELECT SUM(o.amount_fen) FROM ledger_salesbooked s JOIN facts_salesorder o
            ON o.id BETWEEN s.first_id AND s.last_id AND +o.channel_id = s.channel_id
            AND +o.source_id = s.source_id AND +o.sent_day = s.day
            WHERE s.entry_id = NEW.id AND +o.organisation_id = NEW.organisation_id
        ) IS NOT (SELECT SUM(amount_fen) FROM ledger_posting WHERE entry_id = NEW.id AND amount_fen > 0);
    END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION lianjie_salesbooked_into_open() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM (SELECT DISTINCT entry_id FROM fresh) f
            JOIN ledger_entry e ON e.id = f.entry_id WHERE e.posted
        ) THEN
            RAISE EXCEPTION 'lianjie: the entry is posted; reverse it instead'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER ledger_salesbooked_into_open AFTER INSERT ON ledger_salesbooked
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION lianjie_salesbooked_into_open()
    """,
    """
    CREATE FUNCTION lianjie_entry_sales_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (
            SELECT SUM(o.amount_fen) FROM ledger_salesbooked s JOIN facts_salesorder o
            ON o.id BETWEEN s.first_id AND s.last_id AND o.channel_id + 0 = s.channel_id
            AND o.source_id = s.source_id AND o.sent_day = s.day
            WHERE s.entry_id = NEW.id AND o.organisation_id + 0 = NEW.organisation_id
        ) IS DISTINCT FROM (
            SELECT SUM(amount_fen) FROM ledger_posting WHERE entry_id = NEW.id AND amount_fen > 0
        ) THEN
            RAISE EXCEPTION 'lianjie: the orders do not add up to the entry'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER ledger_entry_sales_add_up BEFORE UPDATE OF posted ON ledger_entry
    FOR EACH ROW WHEN (NEW.source LIKE 'sales:%') EXECUTE FUNCTION lianjie_entry_sales_add_up()
    """,
)


def install(apps, editor):
    """Orders booked together add up to their entry, whoever writes."""
    with editor.connection.cursor() as cursor:
        for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)


class Migration(migrations.Migration):
    """Which orders an entry of a day's sales books."""

    dependencies = [("facts", "0016_order_files"), ("ledger", "0007_notice")]
    operations = [
        migrations.CreateModel(
            name='SalesBooked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sales', to='ledger.entry')),
                ('day', models.DateField()),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.saleschannel')),
                ('first', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.salesorder')),
                ('last', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.salesorder')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
            ],
        ),
        operation(TABLES),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
