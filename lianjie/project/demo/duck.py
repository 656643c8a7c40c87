"""A duck base: keepers who earn wages, funds turned into shares, ducklings and ducks of each household."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import stock, work
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.stock import Books, Issuing, Receiving
from lianjie.facts.actions.store import Entry
from lianjie.facts.actions.work import Counted
from lianjie.facts.queries import parties
from lianjie.facts.queries import work as queries
from lianjie.facts.rules.book import (
    AgreementRow,
    Book,
    ContributionRow,
    DeliveryRow,
    MemberRow,
    OrganisationRow,
    PostRow,
)
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.work import WHOLE, Terms
from lianjie.ledger.actions.posting import post
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

CODE, YEAR, HOUSEHOLDS, KEEPERS = "DUCK", 2026, 12, 3
AT = datetime(2026, 6, 30, 1, tzinfo=UTC)
BASE, DUCKLINGS, DUCKS = "YZ1", "鸭苗", "肉鸭"
FUND_FEN, DAY_FEN = 600_000, 12_000
KG, PIECE = 1_000, 10_000
FIRST, MARCH = date(2026, 3, 2), date(2026, 3, 31)


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter the base, its shares, its keepers' month and the ducks. Doing it again changes nothing."""
    say(_("Keeping ducks in {village} …").format(village=VILLAGES["YT"][1]))
    members = homes("YT", HOUSEHOLDS)
    enter(_book(members), source=SourceGiven("demo", CODE), by=None, at=AT, post=post)
    organisation = parties.organisation(CODE)
    source = SourceGiven("demo", f"{CODE} base")
    books = Books(organisation.id, source, AT, None, post)
    flock = Goods(DUCKLINGS, "piece", 3_000 * PIECE)
    hatched = Receiving(
        "YM2026-01", date(2026, 2, 25), flock, "bought", "", "青龙镇孵化场（示例）", "入库单（示例）"
    )
    stock.receive(hatched, books)
    for number, home in enumerate(members, 1):
        given = Issuing(
            f"YF2026-{number:02d}", date(2026, 2, 27), home.code, "YM2026-01", 100 * PIECE,
            evidence="领用单（示例）",
        )  # fmt: skip
        stock.issue(given, books)
    if not queries.workshop(organisation.id, BASE):
        _keepers(Entry(organisation.id, source, AT, None), members[:KEEPERS])


def _book(members: tuple[Home, ...]) -> Book:
    place, _name = VILLAGES["YT"]
    since, shares = date(2025, 9, 1), date(2025, 10, 10)
    return Book(
        OrganisationRow(
            CODE, "鸭塘肉鸭养殖专业合作社", "coop", place, YEAR, founded_day=since, invented=True
        ),
        areas=AREAS,
        parties=tuple(home.party for home in members),
        people=tuple(person for home in members for person in home.people),
        posts=(PostRow(members[0].head.code, "chair", CODE, since, evidence="设立大会决议"),),
        members=tuple(MemberRow(home.code, since, "signed", evidence="入社申请书") for home in members),
        agreements=tuple(
            AgreementRow(
                f"XY-{home.code}", home.code, "到户产业扶持资金", FUND_FEN, shares,
                "资金折股量化到户，所有权归农户，随社经营", "按股分红，每年不低于本金的百分之六", "signed",
                floor_fen_per_year=FUND_FEN * 6 // 100, evidence="入股协议（示例）",
            )
            for home in members
        ),
        contributions=tuple(
            ContributionRow(
                f"DH-{home.code}", shares, home.code, "household_fund", FUND_FEN, 60_000,
                agreement=f"XY-{home.code}",
            )
            for home in members
        ),
        deliveries=tuple(_brought(home) for home in members),
    )  # fmt: skip


def _brought(home: Home) -> DeliveryRow:
    chance = Random(f"duck {home.code}")
    grams = chance.randint(180, 260) * KG
    return DeliveryRow(
        f"YY{YEAR}-{home.code}", date(YEAR, 5, chance.randint(6, 28)), home.code, DUCKS, grams, 1_850,
        grams * 1_850 // 1000, grade="合格", evidence="过磅单（示例）",
    )  # fmt: skip


def _keepers(entry: Entry, keepers: tuple[Home, ...]) -> None:
    """Four weeks of five days each, approved and paid."""
    work.set_floor(entry, start=date(2026, 1, 1), hour_fen=1_400, evidence="县人社局通知（示例）")
    name, address = "鸭塘养殖基地（示例）", "鸭塘村水库边"
    work.open_workshop(entry, BASE, name=name, form="coop", address=address, start=date(2026, 1, 1))
    for nth, home in enumerate(keepers, 1):
        terms = Terms(
            number=f"{BASE}-{nth}", workshop=BASE, worker=home.head.code, job="饲养", start=date(2026, 1, 1),
            until=None, basis="day", rate_fen=DAY_FEN, evidence="用工协议（示例）",
        )  # fmt: skip
        work.agree(entry, terms)
    for week in range(4):
        for day in range(5):
            counted = [Counted(f"{BASE}-{nth}", WHOLE, 0) for nth in range(1, len(keepers) + 1)]
            work.enter_sheet(entry, BASE, FIRST + timedelta(weeks=week, days=day), counted)
    slips = work.draft(entry.organisation_id, BASE, MARCH)
    seen = sum(slip.fen for slip in slips)
    row = work.approve(entry, BASE, MARCH, approved_by="理事长（示例）", seen_fen=seen, post=post)
    work.pay(entry, row.key, day=date(2026, 4, 5), method="bank", evidence="银行代发回单（示例）", post=post)
