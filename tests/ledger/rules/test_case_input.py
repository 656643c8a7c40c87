"""What the input file of a worked case may say, and what an announced figure may refer to."""

from fractions import Fraction

import pytest

from lianjie.base.refusal import Refusals
from lianjie.ledger.rules import given, plan_text, settlement
from lianjie.ledger.rules.expression import WrongArguments, parse
from lianjie.ledger.rules.meaning import RecipientNotCounted

HEAD = """
code = "case"
version = "1"
title = { zh-Hans = "测试", en = "test" }
kind = "coop"
legal_basis = "coop_surplus"
effective_from = 2024-01-01

[[figure]]
name = "surplus"
label = { zh-Hans = "盈余" }

[[party]]
name = "collective"
label = { zh-Hans = "集体" }
"""
SPLIT = """
[[step]]
name = "split"
label = { zh-Hans = "分成" }
from = "surplus"
rest = true
into = { members = "70%", collective = "30%" }

[[step]]
name = "refund"
label = { zh-Hans = "返还" }
from = "members"
among = "everyone"
by = "land_mu"
amount = "members - collective"
"""
INPUT = """
organisation = "测试社"
start = 2024-01-01
until = 2025-01-01
figures = { surplus = "100" }
"""


def outcome(plan_toml: str, input_toml: str):
    plan = plan_text.read(plan_toml)
    return settlement.run(plan, given.read_toml(INPUT + input_toml, plan))


def recipients(input_toml: str):
    return given.read_toml(INPUT + input_toml, plan_text.read(HEAD + SPLIT)).recipients


@pytest.mark.mission("S1")
def test_many_alike_are_written_as_one_entry():
    found = recipients('[[recipients]]\ncount = 12\nprefix = "S"\npersons = 2\nvillage = "东村"\n')
    assert [each.code for each in found][:2] == ["S01", "S02"]
    assert len(found) == 12
    assert {each.measures["persons"] for each in found} == {20_000}
    assert {each.attributes["village"] for each in found} == {"东村"}


@pytest.mark.mission("S1")
def test_a_measure_known_only_together_is_divided_to_the_last_small_unit():
    found = recipients('[[recipients]]\ncount = 7\nprefix = "S"\ntogether = { land_mu = "10" }\n')
    parts = [each.measures["land_mu"] for each in found]
    assert sum(parts) == 100_000
    assert max(parts) - min(parts) <= 1


@pytest.mark.mission("S1")
@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('prefix = "S"', "count = 821"),
        ('count = 0\nprefix = "S"', "count = 821"),
        ("count = 3", "prefix"),
        ('count = 3\nprefix = "S"\ntogether = { loan = "3" }', "not a measure of this plan"),
        ('count = 3\nprefix = "S"\ntogether = { land_mu = "-3" }', "below zero"),
        ('count = 3\nprefix = "S"\nloan = "3"', "neither a measure nor an attribute"),
    ],
)
def test_a_wrong_entry_for_many_is_refused_in_words(entry: str, why: str):
    with pytest.raises(Refusals, match=why):
        recipients(f"[[recipients]]\n{entry}\n")


@pytest.mark.mission("S1")
def test_a_part_that_is_a_party_has_a_value_in_later_formulas_and_announced_figures():
    found = outcome(
        HEAD + SPLIT,
        '[[recipient]]\ncode = "A"\nland_mu = 1\n'
        '[[announced]]\nname = "collective"\nof = "collective"\nvalue = "30"\n'
        '[[announced]]\nname = "wrong"\nof = "collective"\nvalue = "31"\n',
    )
    assert found.step("refund").amount_fen == 4000
    assert [each.where for each in found.findings if each.code == "announced-differs"] == ["wrong"]


@pytest.mark.mission("S1")
def test_a_part_that_is_a_party_is_nothing_when_its_step_did_not_run():
    plan = HEAD + SPLIT.replace("rest = true", 'rest = true\nwhen = "surplus > 1000"')
    found = outcome(plan, '[[recipient]]\ncode = "A"\nland_mu = 1\n')
    assert found.step("refund").asked_fen == Fraction(0)


@pytest.mark.mission("S1")
def test_an_announced_figure_may_be_about_one_members_quantified_share():
    memo = """
[[quantification]]
name = "reserve_part"
label = { zh-Hans = "公积金份额" }
amount = "collective"
among = "everyone"
by = "equally"
"""
    found = outcome(
        HEAD + SPLIT + memo,
        '[[recipients]]\ncount = 4\nprefix = "M"\nland_mu = 1\n'
        '[[announced]]\nname = "share"\nof = "reserve_part"\nvalue = "7.5"\nrecipient = "M1"\n'
        '[[announced]]\nname = "paid"\nof = "total"\nvalue = "10"\nrecipient = "M1"\n',
    )
    assert [each.code for each in found.findings if each.code.startswith("announced")] == []


@pytest.mark.mission("S1")
@pytest.mark.parametrize("word", ["yield", "class", "return", "if", "sum"])
def test_a_word_no_formula_could_use_is_refused_as_a_name(word: str):
    plan = (HEAD + SPLIT).replace('name = "surplus"', f'name = "{word}"')
    with pytest.raises(Refusals, match=f"“{word}” cannot be a name"):
        plan_text.read(plan)


@pytest.mark.mission("S1")
@pytest.mark.parametrize("word", ["match", "type", "亩产", "classes"])
def test_any_other_word_may_be_a_name(word: str):
    plan = (HEAD + SPLIT).replace('name = "surplus"', f'name = "{word}"').replace('"surplus"', f'"{word}"')
    assert plan_text.read(plan).figure(word) is not None


MORE = """
[[step]]
name = "bonus"
label = { zh-Hans = "加发" }
paid_by = "collective"
among = "everyone"
by = "received.refund"
amount = "10% * sum(received.refund, everyone)"
"""


@pytest.mark.mission("S1")
def test_what_an_earlier_step_gave_is_a_weight_and_adds_up():
    found = outcome(
        HEAD + SPLIT + MORE,
        '[[recipient]]\ncode = "A"\nland_mu = 1\n[[recipient]]\ncode = "B"\nland_mu = 3\n'
        '[[announced]]\nname = "paid"\nof = "sum(received.refund, everyone)"\nvalue = "40"\n',
    )
    assert {each.recipient: each.amount_fen for each in found.step("bonus").lines} == {"A": 100, "B": 300}
    assert [each.code for each in found.findings] == ["part-left"]


@pytest.mark.mission("S1")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("received.refund", "received.bonus"), "“bonus” is what this step itself decides"),
        (("received.refund", "received.nothing"), "“received.nothing” is not known here"),
    ],
)
def test_what_no_earlier_step_gave_is_no_weight(change: tuple[str, str], why: str):
    with pytest.raises(Refusals, match=why):
        plan_text.read(HEAD + SPLIT + MORE.replace(*change))


class Nothing:
    def value(self, name: str):
        raise KeyError(name)

    def aggregate(self, function: str, what: str, group: str):
        raise KeyError(what)


@pytest.mark.mission("S1")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("compound(10%, 2)", Fraction(121, 100)),
        ("compound(10%, 0)", Fraction(1)),
        ("600 * compound(10%, round_to(years('2014-10-01', '2025-12-31') / 5, 1, 'down'))", Fraction(726)),
        ("1050 / compound(5%, 1)", Fraction(1000)),
    ],
)
def test_a_rate_compounds_exactly(text: str, value: Fraction):
    assert parse(text).number(Nothing()) == value


@pytest.mark.mission("S1")
@pytest.mark.parametrize("times", ["1.5", "-1", "101"])
def test_a_rate_compounds_a_whole_number_of_times(times: str):
    with pytest.raises(WrongArguments, match="compound"):
        parse(f"compound(10%, {times})").number(Nothing())


@pytest.mark.mission("S1")
@pytest.mark.parametrize("place", ["weight", "group", "cap"])
def test_a_formula_that_fails_for_one_recipient_names_it(place: str):
    texts = {
        "weight": ('[[weight]]\nname = "old"\nlabel = { zh-Hans = "老人" }\nis = "aged * 2"\n', 'by = "old"'),
        "group": (
            '[[group]]\nname = "aging"\nlabel = { zh-Hans = "老" }\nwhere = "aged > 1"\n',
            'by = "land_mu"',
        ),
        "cap": ("", 'by = "land_mu"\neach_at_most = "aged * 100"\nexcess_to = "pool"'),
    }
    extra, by = texts[place]
    among = "aging" if place == "group" else "everyone"
    plan = HEAD.replace('kind = "coop"', 'kind = "coop"\nattributes = ["aged"]') + extra
    plan += '[[step]]\nname = "s"\nlabel = { zh-Hans = "步" }\nfrom = "surplus"\nrest = true\n'
    plan += f'among = "{among}"\n{by}\n'
    with pytest.raises(
        RecipientNotCounted, match=r"^Recipient B: “aged.* mixes numbers with words.*Complete"
    ):
        outcome(
            plan, '[[recipient]]\ncode = "A"\nland_mu = 1\naged = 2\n[[recipient]]\ncode = "B"\nland_mu = 1\n'
        )


RATED = """
[[figure]]
name = "rate"
label = { zh-Hans = "比例" }
unit = "percent"

[[step]]
name = "share"
label = { zh-Hans = "分" }
from = "surplus"
to = "collective"
percent = "rate"
of = "surplus"
"""


@pytest.mark.mission("S1")
def test_a_figure_in_percent_is_not_divided_twice():
    with pytest.raises(Refusals, match=r"“rate” is itself in percent.*\n?.*percent = \"rate \* 100\""):
        plan_text.read(HEAD + RATED)
    plan = plan_text.read(HEAD + RATED.replace('percent = "rate"', 'percent = "rate * 100"'))
    facts = given.read_toml(INPUT, plan_text.read(HEAD + SPLIT))
    figures = {**facts.figures, "rate": given.GivenFigure(Fraction(40), "percent")}
    found = settlement.run(plan, given.Given(facts.organisation, facts.period, figures))
    assert found.step("share").amount_fen == 4000
