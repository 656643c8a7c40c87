"""A refusal says what and what to do, in the reader's language, with its details filled in."""

from lianjie.base.refusal import Finding, Refusal, Refusals


class ParcelLeased(Refusal):
    what = "Parcel {parcel} is leased until {last_day}."
    fix = "Start after that day."


def test_a_refusal_reads_as_a_sentence():
    assert str(ParcelLeased(parcel="A1", last_day="2025-12-31")) == (
        "Parcel A1 is leased until 2025-12-31. Start after that day."
    )
    assert ParcelLeased(parcel="A1", last_day="x").code == "ParcelLeased"


def test_a_refusal_is_translated_before_its_places_are_filled():
    chinese = {ParcelLeased.what: "地块 {parcel} 已出租至 {last_day}。", ParcelLeased.fix: "请从次日起。"}
    assert (
        ParcelLeased(parcel="A1", last_day="年底").say(chinese.__getitem__)
        == "地块 A1 已出租至 年底。 请从次日起。"
    )


def test_several_refusals_are_all_said():
    both = Refusals([ParcelLeased(parcel="A1", last_day="x"), ParcelLeased(parcel="B2", last_day="y")])
    assert both.details == {"count": 2}
    heading, *lines = str(both).split("\n")
    assert heading.startswith("Problems found: 2. Nothing was written.")
    assert [line.split()[1] for line in lines] == ["A1", "B2"]


def test_a_finding_is_known_by_what_it_complains_of_and_where():
    finding = Finding("reserve-too-low", "Only {percent} % is kept.", {"percent": 5}, where="reserve")
    assert finding.say() == "Only 5 % is kept."
    assert finding.key == "reserve-too-low:reserve"
    assert finding.severity == "warning"
