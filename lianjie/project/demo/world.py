"""Build the demonstration: enter the books, settle 2024 to the last payment, leave 2025 to the reader."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import ModuleType

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import assembly
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.people import assign
from lianjie.facts.actions.store import Entry
from lianjie.facts.queries import assembly as meetings
from lianjie.facts.queries import parties
from lianjie.ledger import standard_plans
from lianjie.ledger.actions import carrying_out, plans, settlement
from lianjie.ledger.actions.posting import post
from lianjie.ledger.queries import settlements
from lianjie.ledger.queries.owed import still_owed
from lianjie.project.demo import (
    apple,
    assets,
    collective,
    duck,
    glut,
    growing,
    herb,
    in_kind,
    konjac,
    land,
    market,
    offtake,
    orders,
    pairing,
    payouts,
    personal,
    potato,
    rents,
    work,
)

SayIt = Callable[[str], None]
COOPS = {"fund_shares": herb, "patronage": apple, "collective": collective, "land_shares": land}
"""Standard plan -> the co-op that settles by it."""
PASSWORD = "lianjie-demo"
"""Known to everybody: the demonstration listens on loopback and holds invented people only."""

USERS = (
    ("kuaiji", "accountant", "HERB", ""),
    ("lishizhang", "chair", "HERB", ""),
    ("shehu", "member", "HERB", "SH02"),
    ("chuna", "cashier", "HERB", ""),
    ("xiangzhen", "supervisor", "", ""),
    ("shenji", "auditor", "", ""),
    ("guanli", "administrator", "", ""),
    # The township's station keeps the books of those who cannot: one person, two roles.
    ("nongjing", "accountant", "", ""),
    ("nongjing", "chair", "", ""),
)
"""User name, role, organisation ("" for the whole county), own household; a name may come twice."""
SETTLED, OPEN = 2024, 2025


def build(say: SayIt) -> None:
    """Make the demonstration in the database of the settings. Building it twice changes nothing."""
    call_command("migrate", verbosity=0, interactive=False)
    for plan, coop in COOPS.items():
        say(
            _("Entering and settling the books of {name} …").format(name=coop.book(SETTLED).organisation.name)
        )
        with transaction.atomic():
            _coop(plan, coop)
    offtake.add(say)
    rents.add(say)
    in_kind.add(say)
    konjac.add(say)
    assets.add(say)
    work.add(say)
    growing.add(say)
    orders.add(say)
    potato.add(say)
    glut.add(say)
    pairing.add(say)
    duck.add(say)
    market.add(say)
    _users()
    payouts.add(say)
    personal.add(say)


def _coop(plan: str, coop: ModuleType) -> None:
    _enter(coop, SETTLED)
    organisation = parties.organisation(coop.CODE)
    adopted = plans.adopt(
        organisation.id, standard_plans.text(plan), adopted_by=f"{SETTLED}-1", at=_at(SETTLED, 3, 1), by=None
    )
    if not settlements.list_of(organisation.id):
        _settle(organisation.id, adopted.plan_id, SETTLED)
    _enter(coop, OPEN)


def _enter(coop: ModuleType, year: int) -> None:
    source = SourceGiven("demo", f"{coop.CODE} {year}")
    enter(coop.book(year), source=source, by=None, at=_at(year + 1, 1, 5), post=post)


def _assembly(organisation_id: int, day: date, notice: date) -> str:
    """The members met, all but two came, one was against; the key of the resolution."""
    at = _at(day.year, day.month, day.day)
    entry = Entry(organisation_id, SourceGiven("demo", "成员大会（示例）"), at, None)
    number = f"{day.year}-1"
    agenda = "一、报告上年度经营情况；二、审议盈余分配方案及分配结果"
    assembly.call(entry, assembly.Calling(number, day, notice, "村委会会议室", agenda, "郭长青（示例）"))
    came = list(meetings.members(organisation_id, day))[:-2]
    seats = [
        assembly.Seated(code, "print" if line % 7 == 0 else "signed", mark=f"{line}")
        for line, code in enumerate(came, 1)
    ]
    assembly.seat(entry, number, seats)
    text = "同意公示的盈余分配结果，自记账之日起兑付。"
    given = assembly.Resolving("1", "年度盈余分配", text, len(came) - 1, 1, 0)
    assembly.resolve(entry, number, given)
    return f"{number}/1"


def _settle(organisation_id: int, plan_id: int, year: int) -> None:
    """The whole way of one year, as the co-op's own people would go it."""
    at = _at(year + 1, 1, 8)
    settlement.draft(organisation_id, year, plan_id, at=at, by=None)

    def row() -> settlements.SettlementRow:
        found = settlements.latest(organisation_id)
        assert found is not None
        return found

    settlement.keep_trial(row(), at=at, by=None)
    for finding in settlements.worked(row()).open_findings:
        settlement.accept(
            row(), finding.key, person_name="监事会（示例）", reason="成员大会已知悉并同意", at=at, by=None
        )
    settlement.disclose(row(), day=date(year + 1, 1, 8), at=at, by=None)
    resolution = _assembly(organisation_id, date(year + 1, 1, 26), date(year + 1, 1, 9))
    settlement.decide_by(row(), resolution, at=_at(year + 1, 1, 26), by=None)
    carrying_out.post(row(), day=date(year + 1, 1, 27), at=_at(year + 1, 1, 27), by=None)
    owed = {each.party_id for each in still_owed(row().id)}
    at = _at(year + 1, 1, 29)
    carrying_out.pay(
        row(),
        owed,
        method="bank",
        evidence="银行代发回单（示例）",
        day=date(year + 1, 1, 29),
        at=at,
        by=None,
    )
    carrying_out.mark_paid(row(), at=at, by=None)
    carrying_out.close(row(), at=_at(year + 1, 2, 10), by=None)


def _users() -> None:
    users = get_user_model().objects
    for username, role, organisation, party in USERS:
        user = users.filter(username=username).first() or users.create_user(username, password=PASSWORD)
        assign(
            user.pk,
            role,
            organisation=organisation,
            area="" if organisation else "539901000000",
            party=party,
            start_day=date(2024, 1, 1),
        )


def check_pages(say: SayIt) -> None:
    """Ask every main page for an answer, as each of the demonstration's users."""
    from lianjie.project.demo.visit import visit

    visit(say)


def _at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 1, 0, tzinfo=UTC)
