"""A booked row stays as it is, whoever writes: the database itself refuses."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from lianjie.facts.models import (
    Area,
    AssetContract,
    Contribution,
    Delivery,
    Fact,
    Loan,
    LoanDeferral,
    LotWork,
)
from lianjie.ledger.models import Entry
from tests.support.fill import fill

GUARDED: dict[str, tuple[str, ...]] = {
    **import_module("lianjie.facts.migrations.0002_append_only").TABLES,
    **import_module("lianjie.facts.migrations.0003_audit").TABLES,
    **import_module("lianjie.facts.migrations.0005_market").TABLES,
    **import_module("lianjie.facts.migrations.0007_work2").TABLES,
    **import_module("lianjie.facts.migrations.0008_assets").TABLES,
    **import_module("lianjie.facts.migrations.0009_payout").TABLES,
    **import_module("lianjie.ledger.migrations.0004_payout").TABLES,
    **import_module("lianjie.facts.migrations.0011_household").TABLES,
    **import_module("lianjie.facts.migrations.0013_glut").TABLES,
    **import_module("lianjie.ledger.migrations.0005_disclosure").TABLES,
    **import_module("lianjie.ledger.migrations.0007_notice").TABLES,
    **import_module("lianjie.ledger.migrations.0009_notice_term").TABLES,
    **import_module("lianjie.ledger.migrations.0008_sales").TABLES,
    **import_module("lianjie.ledger.migrations.0006_assembly").TABLES,
    **import_module("lianjie.facts.migrations.0014_assembly").TABLES,
    **import_module("lianjie.facts.migrations.0015_market_goods").TABLES,
    **import_module("lianjie.facts.migrations.0016_order_files").TABLES,
    **import_module("lianjie.facts.migrations.0017_personal").TABLES,
    **import_module("lianjie.facts.migrations.0021_file_rows").TABLES,
    **import_module("lianjie.facts.migrations.0022_lift_request").TABLES,
    **import_module("lianjie.facts.migrations.0023_bond").TABLES,
    **import_module("lianjie.facts.migrations.0024_guardian_consent").TABLES,
    **import_module("lianjie.facts.migrations.0025_remark").TABLES,
    **import_module("lianjie.facts.migrations.0027_wage_sent").TABLES,
    **import_module("lianjie.facts.migrations.0031_material_use").TABLES,
    **import_module("lianjie.facts.migrations.0034_input_back").TABLES,
    **import_module("lianjie.facts.migrations.0036_lot_cost").TABLES,
    **import_module("lianjie.ledger.migrations.0002_append_only").TABLES,
    **import_module("lianjie.ledger.migrations.0003_scale").TABLES,
}
MODELS = {model._meta.db_table: model for model in apps.get_models()}


def refused(statement: str, pk: int) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [pk])


def work() -> LotWork:
    return fill(LotWork, went_in=1, came_out=1, lost=0)


def row_of(table: str):
    """A row that its table's own checks let in."""
    if table == "ledger_posting":
        return fill(MODELS[table], amount_fen=1)
    if table == "ledger_salesbooked":
        return fill(MODELS[table], entry=fill(Entry))
    if table.startswith("facts_loan"):
        loan = fill(Loan, due_day=date(2026, 1, 1))
        if table == "facts_loan":
            return loan
        if table == "facts_loandecision":
            return fill(MODELS[table], deferral=fill(LoanDeferral))
    if table == "facts_rentpayment":
        return fill(MODELS[table], amount_fen=1, hop="household")
    if table == "facts_lotwork":
        return work()
    if table == "facts_lotinput":
        return fill(MODELS[table], work=work(), delivery=fill(Delivery))
    if table == "facts_marketlot":
        return fill(MODELS[table], work=work())
    if table == "facts_orderrefund":
        return fill(MODELS[table], amount_fen=1)
    if MODELS[table] is AssetContract:
        return fill(AssetContract, until_day=date(2027, 1, 1))
    if table.startswith("facts_contract"):
        return fill(MODELS[table], contract=fill(AssetContract, until_day=date(2027, 1, 1)))
    return fill(MODELS[table])


@pytest.mark.both
@pytest.mark.parametrize("table", sorted(GUARDED))
def test_a_row_is_neither_changed_nor_deleted(engine, table):
    row = row_of(table)
    frozen = [f.column for f in row._meta.concrete_fields if f.column not in (*GUARDED[table], "id")]
    for column in frozen:
        refused(f'UPDATE {table} SET "{column}" = "{column}" WHERE id = %s', row.pk)
    refused(f"DELETE FROM {table} WHERE id = %s", row.pk)
    row.refresh_from_db()


@pytest.mark.both
def test_a_fact_is_corrected_by_a_new_one(engine):
    first = fill(Contribution, amount_fen=100)
    second = fill(Contribution, key="y", amount_fen=110, corrects=first)
    assert list(Contribution.objects.current()) == [second]
    third = fill(Contribution, key="z", corrects=second, withdrawn=True, reason="never paid in")
    assert list(Contribution.objects.current()) == []
    assert Contribution.objects.count() == 3
    assert third.corrects.corrects == first


@pytest.mark.both
def test_an_unguarded_row_may_change(engine):
    """The guard is on the tables it names, not on everything."""
    area = fill(Area)
    Area.objects.filter(pk=area.pk).update(name="y")
    area.refresh_from_db()
    assert area.name == "y"


def test_every_table_of_facts_is_guarded():
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, Fact)}
    assert tables <= GUARDED.keys()
