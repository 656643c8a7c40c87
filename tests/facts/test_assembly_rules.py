"""Counting an assembly: quorum, majority of all votes, extra votes, delegates, proxies, notice. R1."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.facts import parameters
from lianjie.facts.rules import assembly as rules
from lianjie.facts.rules.assembly import Seat

pytestmark = pytest.mark.mission("R1")
DAY = date(2026, 1, 26)
COOP = rules.rules(parameters.text("assembly"), "coop", DAY)
COLLECTIVE = rules.rules(parameters.text("assembly"), "collective", DAY)


def people(number: int, extra: int = 0) -> dict[str, int]:
    return {f"H{n}": extra if n == 0 else 0 for n in range(number)}


def came(number: int) -> list[Seat]:
    return [Seat(f"H{n}", "signed") for n in range(number)]


@given(st.integers(1, 400), st.data())
def test_what_is_adopted_has_more_than_half_of_all_votes_and_two_thirds_of_the_members(members, data):
    extra = data.draw(st.integers(0, members // 5))
    present = data.draw(st.integers(0, members))
    counted = rules.count(COOP, "assembly", people(members, extra), came(present), DAY)
    assert counted.votes_total == members + extra
    assert counted.votes_present <= counted.votes_total
    votes_for = data.draw(st.integers(0, counted.votes_present))
    if 3 * present < 2 * members:
        with pytest.raises(rules.NoQuorum):
            rules.ballot(COOP, counted, votes_for, 0, 0, "ordinary")
        return
    for matter in rules.MATTERS:
        ballot = rules.ballot(COOP, counted, votes_for, counted.votes_present - votes_for, 0, matter)
        part = Fraction(votes_for, counted.votes_total)
        assert ballot.adopted == (part > Fraction(1, 2) if matter == "ordinary" else part >= Fraction(2, 3))


@given(st.integers(1, 400), st.integers(0, 100))
def test_extra_votes_stay_within_a_fifth_of_the_base_votes(members, extra):
    if extra * 5 > members:
        with pytest.raises(rules.ExtraVotesTooMany):
            rules.check_extra_votes(COOP, people(members, extra))
    else:
        rules.check_extra_votes(COOP, people(members, extra))


@given(st.integers(151, 2000))
def test_delegates_are_a_tenth_and_never_fewer_than_fifty_one(members):
    least = max(51, -(-members // 10))
    assert rules.delegates_needed(COOP, members) == least
    with pytest.raises(rules.TooFewDelegates):
        rules.count(COOP, "delegates", people(members), came(least - 1), DAY)
    assert rules.count(COOP, "delegates", people(members), came(least), DAY).votes_total == least


def test_up_to_150_members_no_delegates_meet():
    with pytest.raises(rules.NoDelegatesHere):
        rules.check_form(COOP, "delegates", 150)
    rules.check_form(COOP, "delegates", 151)


def test_absent_delegates_count_for_the_quorum():
    seats = [Seat(f"H{n}", "signed" if n < 30 else "absent") for n in range(51)]
    counted = rules.count(COOP, "delegates", people(200), seats, DAY)
    assert (counted.members, counted.present) == (51, 30)
    with pytest.raises(rules.NoQuorum):
        rules.ballot(COOP, counted, 30, 0, 0, "ordinary")


def test_a_collective_needs_two_thirds_of_all_its_members_and_ten_days():
    counted = rules.count(COLLECTIVE, "assembly", people(9), came(9), DAY)
    assert rules.ballot(COLLECTIVE, counted, 6, 3, 0, "ordinary").adopted
    assert not rules.ballot(COLLECTIVE, counted, 5, 4, 0, "ordinary").adopted
    with pytest.raises(rules.NoticeTooShort):
        rules.check_notice(COLLECTIVE, DAY - timedelta(9), DAY)
    rules.check_notice(COLLECTIVE, DAY - timedelta(10), DAY)
    with pytest.raises(rules.NoticeTooShort):
        rules.check_notice(COOP, DAY + timedelta(1), DAY)


@pytest.mark.parametrize(
    ("of", "seat", "refusal"),
    [
        (COOP, Seat("H0", "proxy", "P1"), rules.ProxyNotAllowed),
        (COLLECTIVE, Seat("H0", "proxy", "P2"), rules.ProxyOfAnotherHousehold),
        (COLLECTIVE, Seat("H0", "proxy"), rules.ProxyMissing),
        (COLLECTIVE, Seat("X", "signed"), rules.NotOnTheRoll),
    ],
)
def test_who_does_not_count_as_present_is_named_with_the_article(of, seat, refusal):
    (wrong,) = rules.check_seats(of, [seat], day=DAY, members=people(1), lives_with={"H0": frozenset({"P1"})})
    assert isinstance(wrong, refusal)


def test_a_proxy_of_the_same_household_counts_in_a_collective():
    seat = Seat("H0", "proxy", "P1")
    assert not rules.check_seats(
        COLLECTIVE, [seat], day=DAY, members=people(1), lives_with={"H0": frozenset({"P1"})}
    )


def test_more_votes_than_present_are_refused():
    counted = rules.count(COOP, "assembly", people(6), came(4), DAY)
    with pytest.raises(rules.MoreVotesThanPresent):
        rules.ballot(COOP, counted, 3, 2, 0, "ordinary")
