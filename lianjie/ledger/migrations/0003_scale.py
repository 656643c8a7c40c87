import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import install, operation, remove

TABLES: dict[str, tuple[str, ...]] = {"ledger_closing": ()}

SQLITE = (
    """
    CREATE TRIGGER ledger_entry_in_open_month BEFORE UPDATE OF posted ON ledger_entry
    WHEN NEW.day < (
        SELECT until_day FROM ledger_closing WHERE organisation_id = NEW.organisation_id
        ORDER BY number DESC LIMIT 1
    )
    BEGIN SELECT RAISE(ABORT, 'lianjie: the month is closed; book on the first open day'); END
    """,
    """
    CREATE TRIGGER ledger_entry_counts AFTER UPDATE OF posted ON ledger_entry WHEN NEW.posted AND NOT OLD.posted
    BEGIN
        INSERT INTO ledger_balance (organisation_id, month, account, good, debit, credit)
        SELECT NEW.organisation_id, date(NEW.day, 'start of month'), account, good,
            SUM(MAX(amount_fen + quantity, 0)), SUM(MAX(-amount_fen - quantity, 0))
        FROM ledger_posting WHERE entry_id = NEW.id GROUP BY account, good
        ON CONFLICT (organisation_id, month, account, good)
        DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit;
    END
    """,
)

# Once a statement, not once a row: a month's row of an account changed a thousand times in one transaction
# leaves a thousand versions behind.
POSTGRESQL = (
    """
    CREATE FUNCTION lianjie_entry_counts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- One at a time in one organisation's books: no month is closed while it is written into.
        PERFORM 1 FROM facts_party WHERE id IN (SELECT organisation_id FROM shut)
            ORDER BY id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT 1 FROM (SELECT organisation_id, MIN(day) AS day FROM shut GROUP BY organisation_id) e
            WHERE e.day < (
                SELECT c.until_day FROM ledger_closing c WHERE c.organisation_id = e.organisation_id
                ORDER BY c.number DESC LIMIT 1
            )
        ) THEN
            RAISE EXCEPTION 'lianjie: the month is closed; book on the first open day'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        INSERT INTO ledger_balance (organisation_id, month, account, good, debit, credit)
        SELECT e.organisation_id, date_trunc('month', e.day)::date, p.account, p.good,
            SUM(GREATEST(p.amount_fen + p.quantity, 0)), SUM(GREATEST(-p.amount_fen - p.quantity, 0))
        FROM shut e JOIN ledger_posting p ON p.entry_id = e.id WHERE e.posted
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, month, account, good) DO UPDATE
        SET debit = ledger_balance.debit + excluded.debit, credit = ledger_balance.credit + excluded.credit;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER ledger_entry_counts AFTER UPDATE ON ledger_entry
    REFERENCING NEW TABLE AS shut FOR EACH STATEMENT EXECUTE FUNCTION lianjie_entry_counts()
    """,
)

BOOKED_BEFORE = """
    INSERT INTO ledger_balance (organisation_id, month, account, good, debit, credit)
    SELECT e.organisation_id, {month}, p.account, p.good,
        SUM({greater}(p.amount_fen + p.quantity, 0)), SUM({greater}(-p.amount_fen - p.quantity, 0))
    FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id WHERE e.posted
    GROUP BY 1, 2, 3, 4
"""


def install_sums(apps, editor):
    """What is posted is added to its month, and nothing is posted into a closed one."""
    sqlite = editor.connection.vendor == "sqlite"
    month = "date(e.day, 'start of month')" if sqlite else "date_trunc('month', e.day)::date"
    # The guard names every column, and one is new.
    remove(editor.connection, {"ledger_entry": ("posted",)})
    install(editor.connection, {"ledger_entry": ("posted",)})
    with editor.connection.cursor() as cursor:
        for statement in SQLITE if sqlite else POSTGRESQL:
            cursor.execute(statement)
        cursor.execute(BOOKED_BEFORE.format(month=month, greater="MAX" if sqlite else "GREATEST"))


class Migration(migrations.Migration):
    """Sums by month and account kept as entries are posted; closed months stay closed, whoever writes."""

    dependencies = [
        ('facts', '0002_append_only'),
        ('ledger', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='own_day',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='its first day')),
                ('account', models.CharField(max_length=60)),
                ('good', models.CharField(blank=True, default='', max_length=40)),
                ('debit', models.BigIntegerField()),
                ('credit', models.BigIntegerField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'month', 'account', 'good'), name='balance_once')],
            },
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, 3 … in one organisation')),
                ('act', models.CharField(choices=[('close', 'close'), ('reopen', 'reopen')], max_length=6)),
                ('until_day', models.DateField(help_text='the first open day, the first of a month')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('content', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'number'), name='closing_number_once'), models.CheckConstraint(condition=models.Q(('act', 'close'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='reopening_has_reason')],
            },
        ),
        operation(TABLES),
        migrations.RunPython(install_sums, migrations.RunPython.noop),
    ]
