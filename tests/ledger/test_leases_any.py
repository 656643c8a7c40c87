"""A lease in any order of events: whatever is entered, no rent is owed twice and none is kept back. L2.

The machine keeps its own plain account of the lease beside the product and compares after every step.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.actions import rent as facts
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import Lease, Parcel, Party
from lianjie.facts.queries import linked
from lianjie.facts.queries import rents as leases
from lianjie.facts.rules.rent import Step
from lianjie.facts.rules.rent_terms import ChangeGiven, Handing
from lianjie.ledger.actions import rents
from lianjie.ledger.models import Entry as Record
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import due, movements
from lianjie.ledger.queries.rents import not_booked
from lianjie.ledger.rules.movement import stands
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("L2"), pytest.mark.slow]
AT = datetime(2032, 1, 1, 8, tzinfo=UTC)
START, CONTRACT_ENDS, LAST = date(2021, 1, 1), date(2031, 1, 1), date(2031, 12, 31)
KEY = "p1@2021-01-01"
YEARS = st.integers(2021, 2031)


class Years(RuleBasedStateMachine):
    """Agree, raise, pay ahead, book, hand over, take back, renew, sub-let, hand the land back."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        made = coop.make(balances=False)
        self.entry = Entry(made.pk, SourceGiven("page", "any"), AT, None)
        self.home = Party.objects.get(code="COOP-H1")
        common = {
            "organisation": made,
            "area": made.area,
            "source_id": self.entry.source_id,
            "recorded_at": AT,
        }
        parcel = Parcel.objects.create(
            key="p1", day=START, household=self.home, code="p1", contract_extent_mu4=33_333,
            contract_until_day=CONTRACT_ENDS, **common,
        )  # fmt: skip
        Lease.objects.create(
            key=KEY, day=START, until_day=date(2026, 1, 1), parcel=parcel, lessor=self.home,
            extent_basis="contract", extent_mu4=33_333, rent_fen_per_mu=60_007, due_month=11,
            due_day_of_month=30, form="written", **common,
        )  # fmt: skip
        # What the machine believes: year -> fen booked, and year -> the hops it went.
        self.until, self.back = date(2026, 1, 1), False
        self.owed: dict[int, tuple[date, int]] = {}
        self.hops: dict[int, list[tuple[str, date]]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def tried(self, act) -> bool:
        try:
            with transaction.atomic():
                act()
        except (Refusal, Refusals):
            return False
        return True

    @rule(
        years=st.integers(0, 4), rate=st.integers(0, 100_000), compound=st.booleans(), paid=st.integers(1, 3)
    )
    def agree(self, years, rate, compound, paid):
        found = leases.lease(self.entry.organisation_id, KEY)
        step = Step(years, rate, compound) if years or rate else None
        terms = type(found.first)(**(vars(found.first) | {"step": step, "paid_years": paid}))
        agreed = self.tried(lambda: facts.agree(self.entry, KEY, terms, day=START, evidence="contract"))
        assert agreed == (step is None or bool(years and rate))

    @rule(year=YEARS)
    def book(self, year):
        start, until = date(year, 1, 1), date(year + 1, 1, 1)
        fresh = list(not_booked(self.entry.organisation_id, start, until))
        count = rents.book_rents(self.entry.organisation_id, start, until, at=AT, by=None)
        assert count == len(fresh)
        for each in fresh:
            assert each.day.year not in self.owed
            self.owed[each.day.year] = each.day, each.fen
        assert rents.book_rents(self.entry.organisation_id, start, until, at=AT, by=None) == 0

    @precondition(lambda self: self.owed)
    @rule(data=st.data(), agent=st.booleans(), less=st.sampled_from([0, 0, 0, 1]), wait=st.integers(-3, 60))
    def hand_over(self, data, agent, less, wait):
        year = data.draw(st.sampled_from(sorted(self.owed)))
        day, fen = self.owed[year]
        hops = self.hops.setdefault(year, [])
        hop = "agent" if agent and not hops else "household"
        given = Handing(
            year, hop, day + timedelta(days=wait), fen - less, "bank", "slip", "COOP-H2" if agent else ""
        )
        paid = self.tried(lambda: rents.pay(self.entry, KEY, given))
        done = {each for each, _ in hops}
        fits = "household" not in done and (("agent" in done) == (agent and hop == "household"))
        assert paid == (fits and not less and wait >= 0)
        if paid:
            hops.append((hop, given.day))

    @precondition(lambda self: self.owed)
    @rule(data=st.data())
    def take_back(self, data):
        year = data.draw(st.sampled_from(sorted(self.owed)))
        taken = self.tried(lambda: rents.take_back(self.entry, KEY, year, "entered twice"))
        assert taken == bool(self.hops.get(year))
        if taken:
            self.hops[year].pop()

    @rule(year=st.integers(2022, 2033))
    def renew(self, year):
        until = date(year, 1, 1)
        change = ChangeGiven("renewal", date(2021, 6, 1), until, evidence="renewal")
        later = self.tried(lambda: facts.change(self.entry, KEY, change))
        assert later == (not self.back and self.until < until <= CONTRACT_ENDS)
        if later:
            self.until = until

    @rule(day=st.dates(START, LAST))
    def hand_back(self, day):
        change = ChangeGiven("hand_back", day, evidence="handed back")
        ended = self.tried(lambda: facts.change(self.entry, KEY, change))
        assert ended == (START < day < self.until)
        if ended:
            self.back = True
            self.until = leases.lease(self.entry.organisation_id, KEY).terms.until

    @rule(consent=st.sampled_from(["signed", "verbal", "fingerprint", ""]))
    def sub_let(self, consent):
        change = ChangeGiven("sublease", date(2022, 1, 1), taker="COOP-H3", consent=consent, evidence="paper")
        assert self.tried(lambda: facts.change(self.entry, KEY, change)) == (
            consent in ("signed", "fingerprint") and date(2022, 1, 1) < self.until
        )

    @invariant()
    def land_is_let_exactly_as_long_as_the_lease_runs(self):
        for day in (START, date(2024, 11, 15), self.until - timedelta(days=1), self.until, LAST):
            assert Lease.objects.on(day).exists() == (START <= day < self.until)

    @invariant()
    def every_fen_is_owed_or_handed_over(self):
        for day in (date(2022, 12, 31), date(2025, 6, 30), LAST):
            booked = sum(fen for at, fen in self.owed.values() if at <= day)
            got = sum(
                self.owed[y][1]
                for y, hops in self.hops.items()
                for hop, at in hops
                if hop == "household" and at <= day
            )
            assert self.net(self.home.pk, day) == got - booked
            carried = sum(
                self.owed[y][1] * (1 if hop == "agent" else -1 if len(hops) > 1 else 0)
                for y, hops in self.hops.items()
                for hop, at in hops
                if at <= day
            )
            assert self.net(Party.objects.get(code="COOP-H2").pk, day) == carried
        assert sum(Posting.objects.values_list("amount_fen", flat=True)) == 0

    @invariant()
    def the_household_page_says_the_same_on_any_day(self):
        mine = self.entry.organisation_id
        for day in (date(2025, 12, 31),):
            who = linked.whose("COOP-H1", day)
            booked = movements.of_parties(who.ids, [mine])
            standing = stands(movements.sums(booked, who.ids, [mine], day))
            found = due.due(who, standing, linked.ties(who, [mine], day), day)
            shown = [one for one in found if one.kind == "rent"]
            assert len({one.about for one in shown}) == len(shown)
            open_ = {
                year: fen
                for year, (at, fen) in self.owed.items()
                if at <= day
                and not any(hop == "household" and d <= day for hop, d in self.hops.get(year, []))
            }
            stands_open = {int(one.about[-4:]): one.fen for one in shown if one.state in ("late", "open")}
            assert stands_open == open_

    def net(self, party: int, until: date) -> int:
        rows = Posting.objects.filter(
            entry__organisation_id=self.entry.organisation_id, entry__day__lte=until, party_id=party,
            account__in=("113", "114", "211"),
        )  # fmt: skip
        return sum(
            rows.filter(entry__source__regex=r"^(reversal:)?rent").values_list("amount_fen", flat=True)
        )


def test_every_rent_of_any_lease():
    run_state_machine_as_test(
        Years,
        settings=settings(
            phases=(Phase.generate,),
            max_examples=4 if connection.vendor == "sqlite" else 2,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Record.objects.count() == 0, "each run was rolled back"
