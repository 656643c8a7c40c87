"""Keys looked up once a statement: what points at nothing is refused, what is pointed at stays."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, models, transaction

from lianjie.facts.models import Area, Party
from tests.support.fill import fill

pytestmark = [pytest.mark.both, pytest.mark.django_db]
TABLES = import_module("lianjie.facts.migrations.0016_order_files").MANY
MODELS = {model._meta.db_table: model for model in apps.get_models() if model._meta.db_table in TABLES}
KEYS = [
    (table, field.column)
    for table, model in MODELS.items()
    for field in model._meta.concrete_fields
    if isinstance(field, models.ForeignKey)
]


def row_of(table: str, **given: object):
    more = {"amount_fen": 1} if table == "facts_orderrefund" else {}
    return fill(MODELS[table], **more, **given)


def ran(statement: str, values: list) -> None:
    """Run with its keys looked at, as at the end of a transaction, where SQLite looks at them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        connection.check_constraints()


def refused(statement: str, values: list) -> None:
    with pytest.raises(IntegrityError):
        ran(statement, values)


@pytest.mark.parametrize(("table", "column"), KEYS)
def test_a_row_that_points_at_nothing_is_refused(table, column):
    kept = row_of(table)
    row = {
        field.column: field.get_db_prep_save(getattr(kept, field.attname), connection)
        for field in kept._meta.concrete_fields
        if not field.primary_key
    }
    row |= {"key": "other", column: 999_999_999}
    places = ", ".join(["%s"] * len(row))
    refused(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("parent", [Party, Area, get_user_model()])
def test_a_row_that_is_pointed_at_stays(table, parent):
    user = get_user_model().objects.create_user("clerk")
    row_of(table, recorded_by=user)
    pointed = parent._default_manager.order_by("pk").first()
    refused(f"DELETE FROM {parent._meta.db_table} WHERE id = %s", [pointed.pk])


@pytest.mark.postgresql
@pytest.mark.parametrize(("table", "column"), KEYS)
def test_each_key_has_its_look_up(table, column):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"lianjie_keys_{table}"])
        assert f"DISTINCT {column} AS id" in cursor.fetchone()[0]
        cursor.execute(
            "SELECT p.relname FROM pg_trigger t JOIN pg_class p ON p.oid = t.tgrelid WHERE t.tgname = %s",
            [f"kept_for_{table}_{column}"],
        )
        parent = MODELS[table]._meta.get_field(column.removesuffix("_id")).related_model._meta.db_table
        guard = cursor.fetchone()
        cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s", [f"{parent}_no_delete"])
        assert guard == (parent,) or cursor.fetchone()
