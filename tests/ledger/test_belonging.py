"""A person's years count in the household it lived in, each day in one and no other: L7."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model

from lianjie.facts.actions import payroll_back
from lianjie.facts.actions import work as actions
from lianjie.facts.actions.people import assign
from lianjie.facts.actions.work import Counted
from lianjie.facts.models import Party, Person, Residence, WorkAgreement
from lianjie.facts.queries import linked
from lianjie.facts.queries import work as facts
from lianjie.ledger.actions import payouts
from lianjie.ledger.actions.posting import post
from lianjie.ledger.queries import belonging, income, movements
from lianjie.ledger.queries import payouts as queries
from lianjie.ledger.rules.movement import stands
from tests.facts.test_work import AT, E4, MARCH, approve, entry, terms  # noqa: F401
from tests.ledger.test_payouts import Office

pytestmark = [pytest.mark.both, pytest.mark.mission("L7", "L5")]
BY = {"at": AT, "by": None}
MOVED, LEFT = date(2026, 3, 15), date(2026, 6, 1)


@pytest.fixture
def homes(entry) -> tuple[Party, Party]:  # noqa: F811
    """P1 lives with H3 up to the middle of March, then with H4, and leaves for nowhere in June."""
    first, second = Party.objects.get(code="COOP-H3"), Party.objects.get(code="COOP-H4")
    worker = Party.objects.create(code="P1", kind="person", name="王小妹", area=first.area, invented=True)
    Person.objects.create(party=worker)
    lives = {"organisation_id": entry.organisation_id, "area": first.area, "source_id": entry.source_id,
             "recorded_at": AT, "person": worker, "relation": "child"}  # fmt: skip
    Residence.objects.create(key="r1", household=first, day=date(2026, 3, 1), until_day=MOVED, **lives)
    Residence.objects.create(key="r2", household=second, day=MOVED, until_day=LEFT, **lives)
    actions.agree(entry, terms("A3", worker="P1"))
    worked = ((date(2026, 2, 20), 1), (date(2026, 3, 2), 2), (date(2026, 3, 20), 1), (date(2026, 7, 1), 2))
    for on, parts in worked:
        actions.enter_sheet(entry, "W1", on, [Counted("A3", E4 * parts // 2)])
    return first, second


def seen(of: Party, mine: int, on: date) -> tuple[int, int, dict[int, int], list[tuple[str, date, bool]]]:
    """Owed, what came, wages by year and work ties, as the household's page has them."""
    who = linked.whose(of.code, on)
    assert who is not None
    organisations = sorted(who.tied)
    booked = belonging.movements_of(who, organisations, on)
    standing = stands(movements.sums(booked, who.ids, organisations, on))
    owed = sum(fen for each in standing for fen in each.owed.values())
    came = sum(row.amount for row in booked if row.day <= on and row.amount > 0)
    years = income.by_year(booked, who.ids, organisations, on, belongs=who.belongs)
    wages = {year: sum(part.by_stream.get("wage", 0) for part in of.parts) for year, of in years.items()}
    ties = [
        (tie.text, tie.day, tie.runs(on)) for tie in linked.ties(who, organisations, on) if tie.kind == "work"
    ]
    return owed, came, wages, ties


def test_a_payroll_is_divided_by_the_days_worked_and_its_payment_with_it(entry, homes):  # noqa: F811
    first, second = homes
    mine, name = entry.organisation_id, "分拣车间 分拣 · 王小妹"
    row = approve(entry, MARCH, 24_000)
    assert seen(first, mine, MARCH) == (18_000, 0, {2026: 18_000}, [(name, date(2026, 1, 1), False)])
    assert seen(second, mine, MARCH) == (6_000, 0, {2026: 6_000}, [(name, MOVED, True)])
    within = [
        sum(
            month.worth_fen
            for month in facts.of_household(mine, home.pk, {WorkAgreement})
            if month.month < "2026-04"
        )
        for home in homes
    ]
    assert within == [18_000, 6_000], "the account within the organisation says the same"
    actions.pay(entry, row.key, day=date(2026, 4, 3), method="bank", evidence="回单", post=post)
    on = date(2026, 5, 1)
    assert seen(first, mine, on)[:3] == (0, 18_000, {2026: 18_000})
    assert seen(second, mine, on)[:3] == (0, 6_000, {2026: 6_000})
    payroll_back.take_back_payment(entry, row.key, reason="退回", post=post)
    assert [seen(home, mine, on)[0] for home in homes] == [18_000, 6_000]
    # July was worked for nobody's household: it is in neither, and in the person's own page whole.
    approve(entry, date(2026, 7, 31), 12_000)
    assert [seen(home, mine, date(2026, 8, 1))[0] for home in homes] == [18_000, 6_000]
    assert seen(Party.objects.get(code="P1"), mine, date(2026, 8, 1))[0] == 36_000


def test_who_moved_is_not_looked_for_where_nobody_did(entry, homes, django_assert_num_queries):  # noqa: F811
    """Household H1, which nobody left, costs no question more than before."""
    who = linked.whose("COOP-H1", MARCH)
    assert who is not None
    assert not who.spells
    with django_assert_num_queries(1):
        belonging.movements_of(who, sorted(who.tied), MARCH)
    with django_assert_num_queries(3):
        linked.whose("COOP-H1", MARCH)


def test_a_payment_in_a_batch_is_divided_too_and_what_came_back_is_owed_again(entry, homes):  # noqa: F811
    users, of = get_user_model().objects, entry.organisation_id
    office = object.__new__(Office)
    office.id, office.maker, office.checker = of, users.create_user("chen").pk, users.create_user("guo").pk
    office.account("COOP", "53050161508600000123")
    office.account("P1", "6228480000000000001")
    approve(entry, MARCH, 24_000)
    made = office.make("wages", day=date(2026, 4, 3))
    office.approve(made.number)
    office.send(made.number)
    (line,) = queries.lines(of, made.number)
    payouts.settle(of, made.number, [line.identity], evidence="回单", day=date(2026, 4, 3), **BY)
    on = date(2026, 5, 1)
    assert [seen(home, of, on)[:2] for home in homes] == [(0, 18_000), (0, 6_000)]
    # What reached whom is shown where the person lived on the day of the payment.
    shown = [
        len(queries.to_parties(who.ids, [of], on, belongs=who.belongs))
        for home in homes
        if (who := linked.whose(home.code, on))
    ]
    assert shown == [0, 1]
    payouts.came_back(of, made.number, line.identity, evidence="退回", day=on, **BY)
    assert [seen(home, of, on)[0] for home in homes] == [18_000, 6_000]


def test_the_page_gives_each_household_its_part(entry, homes, client):  # noqa: F811
    approve(entry, MARCH, 24_000)
    chair = get_user_model().objects.create_user("chair")
    assign(chair.pk, "chair", organisation="COOP", start_day=date(2024, 1, 1))
    client.force_login(chair, backend="django.contrib.auth.backends.ModelBackend")
    for home, sum_ in zip(homes, ("180.00", "60.00"), strict=True):
        page = client.get(f"/h/{home.code}/?on=2026-05-01")
        assert page.context["owed_fen"] == int(sum_.replace(".", ""))
        text = page.content.decode()
        assert sum_ in text
        assert "240.00" not in text
