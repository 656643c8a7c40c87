"""Inputs bought on behalf of members stand in 127 until they have them; then they owe what they cost. L6."""

from datetime import date

import pytest

from lianjie.facts.rules.handed import InKindFact
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.rules.booking_in_kind import moved
from lianjie.ledger.rules.entry import Posting

pytestmark = pytest.mark.mission("L6")
DAY = date(2026, 3, 1)


def test_bought_on_behalf_of_members():
    """Accounting system 财会〔2021〕37号, notes on 114 and 127."""
    came = InKindFact("lot:F1", DAY, "lot", came=Goods("化肥", "kg", 50_000), commission=True)
    assert moved(came).postings == (Posting("127", 50_000, good="化肥"), Posting("502", -50_000, good="化肥"))
    had = InKindFact(
        "issue:1",
        DAY,
        "issued",
        "H1",
        True,
        went=Goods("化肥", "kg", 20_000),
        advance_fen=6_000,
        commission=True,
    )
    assert moved(had, cost_fen=6_000).postings == (
        Posting("127", -20_000, good="化肥"),
        Posting("521", 20_000, good="化肥"),
        Posting("114", 6_000, "H1"),
        Posting("127", -6_000),
    )
    lost = InKindFact("loss:1", DAY, "lot_lost", went=Goods("化肥", "kg", 1_000), commission=True)
    assert {line.account for line in moved(lost).postings} == {"127", "529"}
