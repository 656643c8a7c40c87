"""Lists of livestreams and rounds: every one is reached, found by words, and taken out. M2, M3."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest

from lianjie.facts.actions import group_buy, livestream, market
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.group_buy import RoundGiven
from lianjie.facts.actions.livestream import EventGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.rules.market import ChannelGiven, ProductGiven
from lianjie.ledger.actions.posting import post

pytestmark = [pytest.mark.django_db, pytest.mark.mission("M2", "M3")]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)
MANY = 53


@pytest.fixture
def sold(world):
    """Fifty-three livestreams and as many rounds, one a day: more than a page holds."""
    books = Books(world.coop.pk, SourceGiven("page", "shop"), AT, None, post)
    market.add_product(ProductGiven("PG5", date(2026, 1, 1), "苹果", "苹果", content=2_500), books)
    market.add_channel(ChannelGiven("ZB", date(2026, 1, 1), "livestream", "直播间"), books)
    market.add_channel(ChannelGiven("TG", date(2026, 1, 1), "group_buy", "团长"), books)
    for day in range(MANY):
        start = BEGAN + timedelta(day)
        until = start + timedelta(hours=2)
        county = str(world.county.code)
        livestream.add_event(
            EventGiven(f"L{day:02d}", f"第{day}场", "ZB", start, until, "", ("PG5",), (county,)), books
        )
        group_buy.open_round(
            RoundGiven(f"T{day:02d}", f"第{day}团", "TG", "PG5", 990, start, until, "first_come"), books
        )
    return world


@pytest.mark.parametrize(("address", "name"), [("livestreams", "第{}场"), ("group-buys", "第{}团")])
def test_every_row_is_reached_found_and_taken_out(sold, reads, address, name):
    chen, here = reads("chen"), f"/o/C2001/{address}/"
    first = chen.get(here)
    rest = chen.get(here, {"after": first.context["next_after"]})
    names = [row["name"] for page in (first, rest) for row in page.context["rows"]]
    assert names == [name.format(day) for day in reversed(range(MANY))]
    assert not rest.context["next_after"]
    found = chen.get(here, {"search": name.format(7)})
    assert [row["name"] for row in found.context["rows"]] == [name.format(7)]
    assert "Nothing fits" in chen.get(here, {"search": "没有这一场"}).content.decode()
    answer = chen.get(here, {"as": "xlsx"})
    assert f'filename="C2001-{address}.xlsx"' in answer["Content-Disposition"]
    file = BytesIO(b"".join(answer.streaming_content))
    sheet = list(openpyxl.load_workbook(file).active.values)
    assert [row[0] for row in sheet[1:]] == names
    assert reads("zhao").get(here, {"as": "csv"}).status_code == 404
