"""The member account on the page: posted settlements fill its last columns, others do not."""

import pytest

from lianjie.facts.models import Contribution
from lianjie.ledger.models import Allotment, Plan, Settlement, Step
from tests.pages.world import AT, World

pytestmark = pytest.mark.both


def settle(world: World, year: int, state: str, turn: int) -> None:
    """A settlement of the co-op with one line of each stream for the home household."""
    plan, _ = Plan.objects.get_or_create(
        organisation=world.coop,
        code="p",
        version=1,
        text="",
        sha256="",
        effective_from=AT.date(),
        recorded_at=AT,
    )
    made = Settlement.objects.create(
        organisation=world.coop, year=year, round=turn, plan=plan, state="draft", recorded_at=AT
    )
    for seq, (stream, fen, memo) in enumerate(
        (
            ("patronage", 600, False),
            ("dividend", 400, False),
            ("reserve", 70, True),
            ("subsidy", 50 * turn, True),
        )
    ):
        step = Step.objects.create(
            settlement=made,
            seq=seq,
            name=stream,
            legal_basis="coop_surplus",
            stream=stream,
            role="",
            amount_fen=fen,
        )
        Allotment.objects.create(
            step=step,
            party=world.home,
            account="301" if stream == "dividend" and turn == 1 else "",
            amount_fen=fen,
            memo=memo,
        )
    Settlement.objects.filter(pk=made.pk).update(state=state)


def paid_in(world: World) -> int:
    """Capital the home paid in itself."""
    return sum(Contribution.objects.filter(member=world.home).values_list("amount_fen", flat=True))


@pytest.mark.mission("S4", "L7")
def test_posted_settlements_fill_the_account(reads, world):
    settle(world, 2024, "closed", 1)
    settle(world, 2025, "posted", 2)
    shown = reads("wei").get("/o/C2001/members/H0001/?year=2025")
    account = shown.context["account"]
    assert (account.opening.reserve, account.closing.reserve) == (70, 140)
    assert (account.opening.subsidy, account.closing.subsidy) == (50, 100)
    assert (account.closing.patronage, account.closing.remainder) == (600, 400)
    assert account.opening.other_contribution - paid_in(world) == 400, (
        "the dividend of 2024 was kept as capital"
    )
    assert [each.year for each in shown.context["allotted"]] == [2024, 2025]
    assert account.closing.traded.keys() == {"白术", "白芍"}


@pytest.mark.parametrize("state", ["trial", "disclosed", "decided", "reversed", "withdrawn"])
def test_what_is_not_posted_is_not_in_the_account(reads, world, state):
    settle(world, 2025, state, 1)
    account = reads("wei").get("/o/C2001/members/H0001/?year=2025").context["account"]
    assert (account.closing.reserve, account.closing.patronage, account.closing.remainder) == (0, 0, 0)
