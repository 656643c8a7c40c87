"""Published in-kind, land and rent cases through the product: facts entered by its own verbs; loans, rents
and settlements worked out by it; figures equal to the published ones. The others run in tests/ledger.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from lianjie.facts.actions import in_kind, stock
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.in_kind import Lending, Returning
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.queries import in_kind as loans
from lianjie.facts.queries import parties, rents
from lianjie.facts.rules.book import (
    AnnouncedRow,
    AreaRow,
    Book,
    ContributionRow,
    FigureRow,
    LandRow,
    MemberRow,
    OrganisationRow,
    PartyRow,
    TallyRow,
)
from lianjie.facts.rules.in_kind import Goods, MoreThanOwed
from lianjie.ledger.actions import plans, settlement
from lianjie.ledger.actions.posting import post
from lianjie.ledger.actions.rents import book_rents
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import settlements
from lianjie.ledger.rules import settlement as settling
from lianjie.ledger.rules.given import Given, Recipient
from lianjie.project.case import periods

pytestmark = pytest.mark.both
CASES = Path(__file__).parents[2] / "cases"
CODE, AREA = "CASE", "530102001001"
PIECE, MU = 10_000, 10_000
THROUGH = (
    "AH-LUDIAN-110",
    "GZ-GUANLING-442",
    "GZ-YINHU-SHARES",
    "HLJ-HUANAN-LANDVALUE",
    "LN-HUILAONONG-1300",
    "NX-GUANGMING-571",
    "NX-WUXING-1782",
    "SD-DONGYUANTOU-116",
    "XJ-HATUSHAN-SHEEP",
)
CONTRADICTED = {"NX-WUXING-1782": "second_dividend_per_mu"}
"""The source contradicts itself there: the product says so, as the case does."""


def book(facts: Given, land: tuple[LandRow, ...] = ()) -> Book:
    """What a case gives, as rows of a workbook: land as leases, capital and shares as contributions."""
    start = facts.period.start
    organisation = OrganisationRow(
        CODE, facts.organisation, "coop", AREA, start.year, founded_day=start, invented=True
    )
    homes = facts.recipients
    return Book(
        organisation,
        areas=(AreaRow("530000000000", "某省"), AreaRow(AREA, "某村")),
        parties=tuple(PartyRow(each.code, each.name or each.code, each.kind, AREA) for each in homes),
        members=tuple(
            MemberRow(each.code, start, "signed", tags=" ".join(tags(each)))
            for each in homes
            if each.attributes.get("member")
        ),
        contributions=tuple(row for each in homes for row in paid_in(each, start)),
        land=land or tuple(row for each in homes for row in let(each, start)),
        tallies=tuple(
            TallyRow(each.code, name, "share" if "shares" in name else "piece", quantity)
            for each in homes
            for name, quantity in each.measures.items()
            if name not in ("land_mu", "contribution")
            and not (name == "shares" and "contribution" in each.measures)
        ),
        figures=tuple(
            FigureRow(name, figure.unit, plain(figure.value), figure.source)
            for name, figure in facts.figures.items()
        ),
        announced=tuple(
            AnnouncedRow(
                each.name, each.of, each.unit, plain(each.value), plain(each.tolerance), each.recipient,
                each.source,
            )
            for each in facts.announced
        ),
    )  # fmt: skip


def plain(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def tags(of: Recipient) -> tuple[str, ...]:
    found = of.attributes.get("tags", ())
    return found if isinstance(found, tuple) else ()


def paid_in(of: Recipient, day: date):
    fen, shares = of.measures.get("contribution", 0), of.measures.get("shares", 0)
    if fen:
        yield ContributionRow(f"CZ-{of.code}", day, of.code, "own_money", fen, shares)


def let(of: Recipient, day: date, rent_fen: int = 0):
    extent = of.measures.get("land_mu", 0)
    if extent:
        yield LandRow(
            f"DK-{of.code}", of.code, day, extent, contract_until_day=date(day.year + 11, 1, 1),
            lease_day=day, lease_until_day=date(day.year + 11, 1, 1), extent_basis="contract",
            rent_fen_per_mu=rent_fen, due="12-31", form="written",
        )  # fmt: skip


def entered(facts: Given, rows: Book, plan: str) -> settlements.Worked:
    """The case in the database, its trial worked out from the facts."""
    year = facts.period.start.year
    at = datetime(year + 1, 1, 5, 1, tzinfo=UTC)
    enter(rows, source=SourceGiven("page", "case"), by=None, at=at, post=post)
    organisation = parties.organisation(CODE)
    adopted = plans.adopt(organisation.id, plan, adopted_by="case", at=at, by=None)
    settlement.draft(organisation.id, year, adopted.plan_id, at=at, by=None)
    row = settlements.latest(organisation.id)
    assert row is not None
    settlement.keep_trial(row, at=at, by=None)
    row = settlements.latest(organisation.id)
    assert row is not None
    return settlements.worked(row)


@pytest.mark.parametrize("name", THROUGH)
@pytest.mark.mission("L2", "S1")
def test_a_settlement_from_entered_facts_gives_the_published_figures(engine, name):
    ((plan, facts),) = periods(CASES / name)
    worked = entered(facts, book(facts), (CASES / name / "plan.toml").read_text("utf-8"))
    wrong = [each for each in worked.findings if each.code.startswith("announced")]
    assert [each.where for each in wrong] == ([CONTRADICTED[name]] if name in CONTRADICTED else []), [
        each.say(str) for each in worked.findings
    ]
    expected = settling.run(plan, facts)
    assert worked.outcome.totals == expected.totals
    assert worked.outcome.parties == expected.parties
    leased = [each for each in worked.given.recipients if "land_mu" in each.measures]
    assert all(source.startswith("lease:") for each in leased for source in each.sources["land_mu"])


@pytest.mark.mission("L2")
def test_ludian_pays_900_a_mu_as_rent_and_110_as_first_dividend(engine):
    """AH-LUDIAN-110: 66.79 ten thousand at 110 a mu is some 6,000 mu; the rent of 900 falls due beside it."""
    ((_, facts),) = periods(CASES / "AH-LUDIAN-110")
    homes = tuple(
        Recipient(f"H{number}", f"H{number}", "household", {"member": True}, {"land_mu": extent}, {})
        for number, extent in enumerate((20_000_000, 25_000_000, 15_718_182), start=1)
    )
    land = tuple(row for each in homes for row in let(each, facts.period.start, 90_000))
    worked = entered(
        facts, book(replace(facts, recipients=homes, announced=()), land),
        (CASES / "AH-LUDIAN-110" / "plan.toml").read_text("utf-8"),
    )  # fmt: skip
    organisation, mu4 = parties.organisation(CODE), sum(each.measures["land_mu"] for each in homes)
    due = [each for _, each in rents.rents_of_leases(organisation.id, date(2024, 1, 1), date(2025, 1, 1))]
    assert sum(each.fen or 0 for each in due) == round(Fraction(mu4 * 90_000, MU))
    book_rents(
        organisation.id, date(2024, 1, 1), date(2025, 1, 1), at=datetime(2025, 1, 5, tzinfo=UTC), by=None
    )
    owed = -sum(
        Posting.objects.filter(
            entry__organisation_id=organisation.id, entry__source__startswith="rent:", account="114"
        ).values_list("amount_fen", flat=True)
    )
    assert owed == sum(each.fen or 0 for each in due), "the rent is owed in full, whatever the dividend"
    assert worked.outcome.parties["households"] == 66_790_000
    assert abs(worked.outcome.parties["village_collective"] - 30_000_000) <= 1_000_000
    assert abs(mu4 - 6_000 * MU) <= 100 * MU
    assert abs(round(Fraction(mu4 * 11_000, MU)) - 66_790_000) <= 1


@pytest.mark.mission("L4")
def test_hens_are_lent_for_25_eggs_each_and_one_is_still_short(engine):
    """NM-CHICKEN-LOAN: 99 eggs of the first delivery leave one; then the hens are the household's. Of fifty
    cocks lent five come back."""
    ((_, facts),) = periods(CASES / "NM-CHICKEN-LOAN")
    at = datetime(2023, 1, 5, tzinfo=UTC)
    bare = replace(facts, recipients=tuple(replace(each, measures={}) for each in facts.recipients))
    rows = replace(book(replace(bare, announced=())), figures=())
    enter(rows, source=SourceGiven("page", "case"), by=None, at=at, post=post)
    books = Books(parties.organisation(CODE).id, SourceGiven("page", "case"), at, None, post)
    for lot, good, heads in (("MJ", "母鸡", 4), ("GJ", "公鸡", 50)):
        stock.receive(Receiving(lot, date(2022, 3, 1), Goods(good, "piece", heads * PIECE), "bought"), books)
    in_kind.lend(
        Lending("J-A", date(2022, 3, 10), "A", "GJ", 50 * PIECE, date(2022, 12, 1), "ratio", 100_000), books
    )
    in_kind.lend(
        Lending("J-B", date(2022, 3, 10), "B", "MJ", 4 * PIECE, date(2022, 12, 1), "offspring", 25_000_000,
                "鸡蛋", "piece"),
        books,
    )  # fmt: skip
    eggs = Goods("鸡蛋", "piece", 99 * PIECE)
    in_kind.give_back(Returning("H-B1", date(2022, 6, 1), "J-B", eggs), books)
    found = loans.loan(books.organisation_id, "J-B", date(2022, 6, 1))
    assert found is not None
    assert found.standing.outstanding == 1 * PIECE, "printed: one egg is still short"
    with pytest.raises(MoreThanOwed):
        in_kind.give_back(
            Returning("H-B2", date(2022, 6, 2), "J-B", Goods("鸡蛋", "piece", 2 * PIECE)), books
        )
    in_kind.give_back(Returning("H-B2", date(2022, 6, 2), "J-B", Goods("鸡蛋", "piece", PIECE)), books)
    in_kind.give_back(Returning("H-A1", date(2022, 9, 1), "J-A", Goods("公鸡", "piece", 5 * PIECE)), books)
    for number in ("J-A", "J-B"):
        found = loans.loan(books.organisation_id, number, date(2022, 12, 31))
        assert found is not None
        assert found.state == "returned"
    owed = Posting.objects.filter(entry__organisation_id=books.organisation_id, account__in=("113", "114"))
    assert sum(owed.values_list("quantity", flat=True)) == 0
