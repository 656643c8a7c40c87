"""What a notice shows by audience, and how long it is up. S4."""

from datetime import date, timedelta

import pytest

from lianjie.ledger import parameters
from lianjie.ledger.rules import notice as rules

pytestmark = pytest.mark.mission("S4")
TEXT = parameters.text("notice")
DAY = date(2026, 1, 12)


@pytest.mark.parametrize(
    ("name", "names", "shown"),
    [
        ("王小二", "surname", "王**"),
        ("王五", "surname", "王**"),
        ("欧阳修文", "surname", "欧阳**"),
        ("王小二", "one_hidden", "王*二"),
        ("买买提·艾力", "surname", "买**"),
        ("王小二", "full", "王小二"),
    ],
)
def test_a_name_is_masked_as_the_audience_says(name, names, shown):
    assert rules.shown_name(name, "household", names) == shown
    assert rules.shown_name("云岭村集体", "organisation", names) == "云岭村集体"


@pytest.mark.parametrize("column", ["id_number", "phone", "account", "health", "reason"])
def test_what_nobody_may_read_on_a_wall_is_no_column(column):
    text = TEXT.replace('"measures"', f'"{column}"')
    with pytest.raises(rules.NeverPosted):
        rules.profile(text, "wall", DAY)


def test_a_notice_outlasts_the_objections_and_not_much_more():
    wall = rules.profile(TEXT, "wall", DAY)
    objections = DAY + timedelta(15)
    until = rules.usual_until(wall, DAY, objections)
    rules.check_term(wall, DAY, until, objections)
    with pytest.raises(rules.PostedTooShortly):
        rules.check_term(wall, DAY, objections - timedelta(1), objections)
    with pytest.raises(rules.PostedTooLong):
        rules.check_term(wall, DAY, DAY + timedelta(61), objections)
    assert not rules.is_gone(until, until)
    assert rules.is_gone(until, until + timedelta(1))
