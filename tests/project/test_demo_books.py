"""The whole demonstration's books, held to outside tools and to the statements of 2021."""

import subprocess
from datetime import date

import pytest
from beancount import loader

from lianjie.facts.models import Correction, InputIssue, Membership, Party, RentPayment
from lianjie.facts.queries import linked
from lianjie.ledger.documents.beancount import beancount_text
from lianjie.ledger.documents.hledger import hledger_text
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries import balances, floor_income, journal
from lianjie.ledger.queries.forms import year_forms
from lianjie.ledger.rules.closing import negative_stock
from lianjie.project.demo.world import build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.mission("L6", "L7")
def test_every_demo_organisations_books_are_accepted_and_its_statements_tie(tmp_path):
    build(lambda line: None)
    keeping = sorted(set(Entry.objects.values_list("organisation_id", "organisation__code")))
    assert {"APPLE", "HERB", "LAND", "KONJ", "POTA", "DUCK"} <= {code for _, code in keeping}
    for pk, code in keeping:
        rows = list(journal.records(pk))
        path = tmp_path / f"{code}.journal"
        path.write_text(hledger_text(rows, balances.chart(), "zh-Hans"), encoding="utf-8")
        done = subprocess.run(
            ["hledger", "-f", str(path), "check", "-s", "ordereddates"], capture_output=True, text=True,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), code
        _, errors, _ = loader.load_string(beancount_text(rows, balances.chart(), "zh-Hans"))
        assert not errors, (code, errors[:3])
        for year in sorted({row.day.year for row in rows}):
            assert year_forms(pk, year).ties, (code, year)
        whole = balances.trial_balance(pk, date(2000, 1, 1), date(2030, 1, 1))
        assert not [row for row in whole if negative_stock(row.account, row.closing)], code

    # A rent partly in grain, land of a collective's own, an order lost to frost, a contract ended early.
    rents = RentPayment.objects.current().filter(organisation__code="KONJ").order_by("day")
    assert [(row.household.code, row.quantity) for row in rents] == [("SHJT", 0), ("LZ03", 400_000)]
    konj = Party.objects.get(code="KONJ").pk
    assert floor_income.to_come(konj, "DD2025-MY") > 0, "the buyer made good a part"
    back = Posting.objects.get(entry__source="contractreceipt:TK2026-01", account="102")
    assert back.amount_fen == -800_000
    gone = Party.objects.get(code="LZ16")
    assert gone.household.village_group == "安置点"
    assert Correction.objects.filter(party=gone, field="village_group").count() == 1
    assert not Membership.objects.on(date(2026, 1, 1)).filter(member=gone).exists()

    # A thousand seed tubers to each household of the potato village, and each knows it.
    given = InputIssue.objects.filter(organisation__code="POTA").values_list("quantity", flat=True)
    assert list(given) == [10_000_000] * 10
    duck = Party.objects.get(code="DUCK")
    home = linked.whose("YT01", Entry.objects.latest("day").day)
    kinds = {tie.kind for tie in linked.ties(home, [duck.pk], Entry.objects.latest("day").day)}
    assert {"membership", "share_agreement", "shares", "work", "input"} <= kinds
