"""A bond under a lease or contract: agreed, paid in, held, given back or forfeited by decision: L2."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import bond as actions
from lianjie.facts.actions.bond import Bonding
from lianjie.facts.actions.stock import Books, NumberTaken
from lianjie.facts.actions.store import RowsRefused, SourceGiven
from lianjie.facts.actions.withdraw import FactStillUsed, withdraw
from lianjie.facts.models import (
    AssetContract,
    BondMove,
    CollectiveAsset,
    Lease,
    LeaseChange,
    Parcel,
    Party,
    Source,
)
from lianjie.facts.queries import bonds, linked
from lianjie.facts.rules import bond
from lianjie.facts.rules.bond import Bond, Move
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import due, movements
from lianjie.ledger.rules.income import stream_of
from lianjie.ledger.rules.movement import stands
from tests.ledger import coop
from tests.ledger.coop import AT

pytestmark = pytest.mark.mission("L2")
DAY = date(2025, 3, 1)


def at(act, fen, day=DAY):
    return Move(act, day, fen)


@given(st.lists(st.tuples(st.sampled_from(bond.ACTS), st.integers(-2, 50), st.integers(0, 9)), max_size=30))
def test_never_more_is_held_than_agreed_nor_given_back_than_held_on_any_day(tried):
    kept: list[Move] = []
    for act, fen, day in tried:
        move = at(act, fen, date(2025, 3, 1 + day))
        try:
            bond.accept("C1", move, kept, "Li", "over")
        except Refusal:
            continue
        kept.append(move)
    whole = bond.standing(kept)
    assert 0 <= whole.held <= whole.paid <= whole.agreed
    assert whole.held + whole.returned + whole.forfeited == whole.paid
    assert all(each.fen > 0 for each in kept)


def test_what_is_given_back_or_forfeited_is_decided_by_somebody_for_a_reason():
    paid = [at("agreed", 100), at("paid", 100)]
    for act in ("returned", "forfeited"):
        for by, grounds in (("", "damage"), ("Li", " ")):
            with pytest.raises(bond.BondNeedsDecision):
                bond.accept("C1", at(act, 50), paid, by, grounds)
    with pytest.raises(bond.BondNotAgreed):
        bond.accept("C1", at("paid", 50), [], "", "")
    with pytest.raises(bond.MoreThanAgreed):
        bond.accept("C1", at("paid", 101), paid[:1], "", "")
    with pytest.raises(bond.MoreThanHeld):
        bond.accept("C1", at("returned", 101), paid, "Li", "over")
    with pytest.raises(bond.BondOfNothing):
        bond.accept("C1", at("agreed", 0), [], "", "")


def world():
    made = coop.make()
    common = {
        "organisation": made, "area": made.area, "source": Source.objects.get(name="test"),
        "recorded_at": AT, "day": date(2024, 1, 1),
    }  # fmt: skip
    home = Party.objects.get(code="COOP-H1")
    parcel = Parcel.objects.create(key="p1", household=home, code="p1", contract_extent_mu4=20_000, **common)
    Lease.objects.create(
        key="p1@2024-01-01", parcel=parcel, lessor=home, extent_basis="contract", extent_mu4=20_000,
        rent_fen_per_mu=60_000, due_month=12, due_day_of_month=20, form="written", **common,
    )  # fmt: skip
    asset = CollectiveAsset.objects.create(
        key="A1", name="greenhouse", kind="facility", category="operating", origin="bought", paid="held",
        **common,
    )  # fmt: skip
    for key, code, member in (("C1", "COOP-H1", True), ("C4", "COOP-H4", False)):
        AssetContract.objects.create(
            key=key, asset=asset, payer=Party.objects.get(code=code), to_member=member,
            start_day=date(2024, 1, 1), until_day=date(2027, 1, 1), first_due_day=date(2024, 6, 1),
            yearly_fen=100_000, **common,
        )  # fmt: skip
    return made, home, Books(made.pk, SourceGiven("page", "bond"), AT, None, post)


def lines(account):
    return sum(Posting.objects.filter(account=account).values_list("amount_fen", flat=True))


def owed(account, party):
    mine = Posting.objects.filter(account=account, party__code=party, entry__source__contains="bondmove:")
    return -sum(mine.values_list("amount_fen", flat=True))


@pytest.mark.both
def test_it_is_held_for_whoever_paid_it_and_never_income_until_it_is_forfeited():
    made, _, books = world()
    for nth, code in (("1", "C1"), ("4", "C4")):
        actions.move(Bonding(f"B{nth}1", DAY, "agreed", 50_000, contract=code), books)
        reference = actions.move(Bonding(f"B{nth}2", DAY, "paid", 50_000, contract=code), books)
        assert actions.move(Bonding(f"B{nth}2", DAY, "paid", 50_000, contract=code), books) == reference
    assert (owed("114", "COOP-H1"), owed("211", "COOP-H4")) == (50_000, 50_000)
    assert lines("502") == 0
    assert stream_of("bondmove:B12") == ""
    with pytest.raises(NumberTaken):
        actions.move(Bonding("B12", DAY, "paid", 10_000, contract="C1"), books)
    with pytest.raises(NumberTaken):  # told by us, before the database falls over the amount
        actions.move(Bonding("B12", DAY, "paid", 0, contract="C1"), books)
    decided = {"contract": "C1", "decided_by": "Assembly", "grounds": "roof broken"}
    actions.move(Bonding("B13", date(2025, 9, 1), "forfeited", 20_000, **decided), books)
    actions.move(Bonding("B14", date(2025, 9, 1), "returned", 30_000, **decided | {"grounds": "over"}), books)
    assert owed("114", "COOP-H1") == 0
    assert lines("502") == -20_000
    assert bonds.of(bonds.moves(made.pk, contract="C1")) == Bond(50_000, 50_000, 30_000, 20_000)
    with pytest.raises(bond.MoreThanHeld):
        actions.move(Bonding("B15", date(2025, 9, 2), "returned", 1, **decided), books)
    with pytest.raises(bond.MoreThanHeld):
        actions.take_back("bondmove:B12", "typed wrongly", books)
    actions.take_back("bondmove:B13", "typed wrongly", books)
    assert owed("114", "COOP-H1") == 20_000
    assert lines("502") == 0
    assert BondMove.objects.filter(key__startswith="B13").count() == 2


@pytest.mark.both
def test_a_household_sees_each_bond_by_itself_beside_what_it_is_owed():
    made, home, books = world()
    lease = {"lease": "p1@2024-01-01", "kind": "risk_reserve"}
    actions.move(Bonding("L1", DAY, "agreed", 40_000, **lease), books)
    actions.move(Bonding("L2", DAY, "paid", 40_000, **lease), books)
    actions.move(Bonding("B1", DAY, "agreed", 50_000, contract="C1"), books)
    actions.move(Bonding("B2", DAY, "paid", 50_000, contract="C1"), books)
    assert owed("114", "COOP-H1") == 10_000  # one account; what is held is read from each bond
    on = date(2025, 12, 31)
    who = linked.whose(home.code, on)
    ties = linked.ties(who, [made.pk], on)
    assert {(each.kind, each.number, each.kept) for each in ties if each.kept} == {
        ("bond", "C1", 50_000),
        ("bond_given", "p1@2024-01-01", 40_000),
    }
    booked = movements.of_parties(who.ids, [made.pk])
    standing = stands(movements.sums(booked, who.ids, [made.pk], on))
    assert all(kind != "bondmove" for each in standing for kind, _ in each.owed)
    found = [one for one in due.due(who, standing, ties, on) if one.kind.startswith("bond")]
    assert {(one.kind, one.fen, one.by_household) for one in found} == {
        ("bond", 50_000, False),
        ("bond_given", 40_000, True),
    }
    ended = {"decided_by": "Li", "grounds": "lease over"} | lease
    actions.move(Bonding("L3", date(2025, 10, 1), "forfeited", 40_000, **ended), books)
    assert lines("529") == 40_000
    ties = linked.ties(who, [made.pk], on)
    assert [each.runs(on) for each in ties if each.kind == "bond_given"] == [False]


SUBLET = "p1@2024-01-01-sublease-2024-06-01"


def sublet(books, taker="COOP-H4"):
    """The parcel is sub-let to somebody who is no member."""
    lease = Lease.objects.get()
    return LeaseChange.objects.create(
        key=SUBLET, lease=lease, kind="sublease", taker=Party.objects.get(code=taker), consent="signed",
        organisation=lease.organisation, area=lease.area, source=lease.source, recorded_at=AT,
        day=date(2024, 6, 1), until_day=date(2025, 6, 1), evidence="agreement",
    )  # fmt: skip


@pytest.mark.both
def test_what_a_sub_lessee_pays_is_owed_to_it_and_what_a_lessor_holds_is_a_claim_on_it():
    made, _, books = world()
    with pytest.raises(actions.NoSuchSublease):
        actions.move(Bonding("Z0", DAY, "agreed", 50_000, sublease=SUBLET), books)
    sublet(books)
    bank = lines("102")
    ours, theirs = {"sublease": SUBLET}, {"lease": "p1@2024-01-01"}
    for number, fen, under in (("Z", 50_000, ours), ("L", 40_000, theirs)):
        actions.move(Bonding(f"{number}0", DAY, "agreed", fen, **under), books)
        actions.move(Bonding(f"{number}1", DAY, "paid", fen, **under), books)
    assert owed("211", "COOP-H4") == 50_000, "held for whoever took the land: payable"
    assert owed("114", "COOP-H1") == -40_000, "held by the household: receivable, never set off"
    assert lines("102") - bank == 10_000
    held = {each.under: each for each in bonds.every(made.pk, date(2025, 6, 1))}
    assert {each.under: (each.ours, each.party_code, each.page) for each in held.values()} == {
        "sublease": (True, "COOP-H4", "p1@2024-01-01"),
        "lease": (False, "COOP-H1", "p1@2024-01-01"),
    }
    assert {under for under, each in held.items() if each.overdue(date(2025, 6, 1))} == {"sublease"}
    assert bonds.late(made.pk, date(2025, 6, 1)) == [held["sublease"]]
    assert bonds.late(made.pk, date(2025, 5, 31)) == []
    assert bonds.held(made.pk, date(2025, 6, 1)) == (50_000, 40_000)
    first, after, total = bonds.page(made.pk, date(2025, 6, 1), limit=1)
    second, end, _ = bonds.page(made.pk, date(2025, 6, 1), after=after, limit=1)
    assert (first, second, end, total) == ([held["lease"]], [held["sublease"]], "", 2)
    found, _, total = bonds.page(made.pk, date(2025, 6, 1), search="coop-h4")
    assert (found, total) == ([held["sublease"]], 1)
    assert not held["sublease"].overdue(date(2025, 5, 31)), "its last day"
    over = {"decided_by": "board", "grounds": "broken well", "sublease": SUBLET}
    actions.move(Bonding("Z2", date(2025, 6, 1), "forfeited", 20_000, **over), books)
    actions.move(Bonding("Z3", date(2025, 6, 1), "returned", 30_000, **over), books)
    assert (owed("211", "COOP-H4"), lines("502")) == (0, -20_000)
    with pytest.raises(actions.UnderOneAgreement):
        actions.move(Bonding("Z4", DAY, "agreed", 1, contract="C1", sublease=SUBLET), books)
    with pytest.raises(FactStillUsed):
        withdraw(
            "lease:p1@2024-01-01", organisation_id=made.pk, reason="wrong", source=books.source, by=None,
            at=AT, post=post,
        )  # fmt: skip


@pytest.mark.both
def test_many_moves_at_once_are_judged_one_after_the_other_and_each_refusal_is_named():
    made, _, books = world()
    many = [
        Bonding("M1", DAY, "agreed", 30_000, contract="C1"),
        Bonding("M2", DAY, "paid", 20_000, contract="C1"),
        Bonding("M3", DAY, "paid", 20_000, contract="C1"),
        Bonding("M4", DAY, "agreed", 10_000, contract="C9"),
    ]
    with pytest.raises(RowsRefused) as refused:
        actions.move_all(many, books)
    assert {nth: each.code for nth, each in refused.value.at.items()} == {
        2: "MoreThanAgreed",
        3: "NoSuchAssetContract",
    }
    assert not BondMove.objects.exists()
    first = actions.move_all(many[:2], books)
    assert actions.move_all(many[:2], books) == first
    assert actions.move_all([*many[:2], many[0]], books)[2] == first[0]
    assert BondMove.objects.count() == 2
    assert bonds.of(bonds.moves(made.pk, contract="C1")) == Bond(30_000, 20_000)
