"""Herbs of the season paid through the bank: one payment comes back, its new line waits. All invented."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import bank
from lianjie.facts.actions.bank import AccountGiven
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.queries import parties
from lianjie.ledger.actions import payouts
from lianjie.ledger.queries import payouts as queries
from lianjie.project.demo import herb
from lianjie.project.demo.people import homes

YEAR = 2026
LAYOUT = "text-comma"
PURPOSE = "produce"
FAULTS = {1: "账户已销户"}
"""Which lines of the first batch come back, and why."""


def add(say: Callable[[str], None]) -> None:
    """Accounts, a batch answered by the bank, one made anew. Doing it again changes nothing."""
    organisation = parties.organisation(herb.CODE)
    if queries.batches(organisation.id):
        return
    say(_("Paying the produce of {code} …").format(code=herb.CODE))
    with transaction.atomic():
        _Office(organisation.id).run()


class _Office:
    """Two people: one makes, one checks."""

    def __init__(self, organisation_id: int) -> None:
        users = get_user_model().objects
        self.id = organisation_id
        self.maker = users.get(username="kuaiji").pk
        self.checker = users.get(username="lishizhang").pk
        self.at = datetime(YEAR, 11, 20, 1, 0, tzinfo=UTC)

    def run(self) -> None:
        self._account(herb.CODE, "云岭中药材专业合作社", "53050161508600000123")
        for village in ("SH", "XH", "SQ", "SP"):
            for number, home in enumerate(homes(village, 8)):
                self._account(home.code, home.head.name, f"62284800{village.encode().hex()}{number:06d}")
        first = self._batch()
        lines = queries.lines(self.id, first)
        self._answer(first, {lines[at].identity: why for at, why in FAULTS.items() if at < len(lines)})
        again = lines[1]
        self._account(again.party_code, again.holder, "6228480099887766554")
        self._batch(approved=False)
        waits = homes("SH", 21)[-1]
        self._account(waits.code, waits.head.name, "6228480011223344556", approved=False)

    def _account(self, code: str, holder: str, number: str, *, approved: bool = True) -> None:
        entry = Entry(self.id, SourceGiven("demo", f"{code} account"), self.at, self.maker)
        given = AccountGiven(code, holder, "云岭县农村信用社（示例）", number, date(YEAR, 1, 5))
        try:
            made = bank.add_account(entry, given)
        except Refusal:
            return  # not every household of the village is in these books
        if approved:
            bank.rule_account(self.id, made.key, verdict="approved", reason="", at=self.at, by=self.checker)

    def _batch(self, *, approved: bool = True) -> int:
        made = payouts.make(
            self.id, purpose=PURPOSE, method="bank", layout=LAYOUT, day=date(YEAR, 11, 21), note="药材款",
            at=self.at, by=self.maker,
        )  # fmt: skip
        if approved:
            payouts.approve(self.id, made.number, verdict="approved", reason="", at=self.at, by=self.checker)
            payouts.export(self.id, made.number, at=self.at, by=self.maker)
        return made.number

    def _answer(self, number: int, faults: dict[str, str]) -> None:
        rows = ["流水号,收款人,金额(元),结果,原因"]
        for line in queries.lines(self.id, number):
            why = faults.get(line.identity, "")
            result = "失败" if why else "成功"
            rows.append(f"{line.identity},{line.holder},{line.fen / 100:.2f},{result},{why}")
        data = "\n".join(rows).encode()
        at = self.at + timedelta(days=1)
        payouts.read_answer(self.id, number, data, day=date(YEAR, 11, 22), at=at, by=self.maker)
