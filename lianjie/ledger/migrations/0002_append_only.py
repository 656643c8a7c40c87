from django.db import migrations

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {
    "ledger_entry": ("posted",),
    "ledger_settlement": (
        "plan_id",
        "state",
        "given",
        "given_sha256",
        "outcome_sha256",
        "disclosed_day",
        "objections_until",
    ),
} | {
    f"ledger_{name}": ()
    for name in (
        "posting",
        "plan",
        "settlementevent",
        "step",
        "allotment",
        "acceptance",
        "objection",
        "answer",
        "decision",
        "payout",
    )
}

SQLITE = (
    """
    CREATE TRIGGER ledger_entry_born_open BEFORE INSERT ON ledger_entry WHEN NEW.posted
    BEGIN SELECT RAISE(ABORT, 'lianjie: an entry is posted only after its postings are in'); END
    """,
    """
    CREATE TRIGGER ledger_entry_balances BEFORE UPDATE OF posted ON ledger_entry
    BEGIN
        SELECT RAISE(ABORT, 'lianjie: a posted entry stays posted') WHERE OLD.posted;
        SELECT RAISE(ABORT, 'lianjie: the entry has no postings')
        WHERE NOT EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id);
        SELECT RAISE(ABORT, 'lianjie: the entry does not balance')
        WHERE EXISTS (
            SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id
            GROUP BY good HAVING SUM(amount_fen) <> 0 OR SUM(quantity) <> 0
        );
    END
    """,
    """
    CREATE TRIGGER ledger_posting_into_open BEFORE INSERT ON ledger_posting
    WHEN (SELECT posted FROM ledger_entry WHERE id = NEW.entry_id)
    BEGIN SELECT RAISE(ABORT, 'lianjie: the entry is posted; reverse it instead'); END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION lianjie_entry_born_open() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.posted THEN
            RAISE EXCEPTION 'lianjie: an entry is posted only after its postings are in'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER ledger_entry_born_open BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION lianjie_entry_born_open()
    """,
    """
    CREATE FUNCTION lianjie_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.posted THEN
            RAISE EXCEPTION 'lianjie: a posted entry stays posted'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id) THEN
            RAISE EXCEPTION 'lianjie: the entry has no postings'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF EXISTS (
            SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id
            GROUP BY good HAVING SUM(amount_fen) <> 0 OR SUM(quantity) <> 0
        ) THEN
            RAISE EXCEPTION 'lianjie: the entry does not balance'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER ledger_entry_balances BEFORE UPDATE OF posted ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION lianjie_entry_balances()
    """,
    # Once a statement, not once a row: a year's booking inserts a million rows in one.
    """
    CREATE FUNCTION lianjie_posting_into_open() RETURNS trigger LANGUAGE plpgsql AS $$
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
    CREATE TRIGGER ledger_posting_into_open AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION lianjie_posting_into_open()
    """,
)


def install_journal(apps, editor):
    """An entry is posted once, balanced, and then shut."""
    with editor.connection.cursor() as cursor:
        for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)


class Migration(migrations.Migration):
    """The books are append-only and every posted entry balances, whoever writes."""

    dependencies = [("ledger", "0001_initial"), ("facts", "0002_append_only")]
    operations = [
        operation(TABLES),
        migrations.RunPython(install_journal, migrations.RunPython.noop),
    ]
