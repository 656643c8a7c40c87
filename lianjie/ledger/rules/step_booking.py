"""From a settlement's outcome to what is owed to whom, on which account.

Source: accounting system 财会〔2021〕37号, accounts 221, 222, 322, 332 (domain list, section 2.3).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lianjie.ledger.rules.booking import OPERATING_EXPENSE, accounts_of_step
from lianjie.ledger.rules.entry import Entry, Posting, entry
from lianjie.ledger.rules.outcome import Line, Outcome, StepResult
from lianjie.ledger.rules.plan import Plan, Step

SHARE_CAPITAL = "301"
RESERVE = "322"
OTHERS_PAYABLE = "211"
RECEIVABLE = {True: "114", False: "113"}
QUANTIFY = "quantify"
OWED_TO_MEMBERS = ("114", "221", "222")
PAYABLE = ("114", "211", "213", "221", "222")
"""Accounts on which a settlement owes money to somebody."""


@dataclass(frozen=True)
class Owed:
    """So much of a step for one party, or for a fund inside the organisation (party empty)."""

    party: str
    account: str
    amount_fen: int
    good: str = ""
    quantity: int = 0
    memo: bool = False


@dataclass(frozen=True)
class BookedStep:
    """One step as it is stored and booked: the debit takes what `owed` adds up to."""

    name: str
    legal_basis: str
    stream: str
    role: str
    amount_fen: int
    debit_account: str
    owed: tuple[Owed, ...]

    @property
    def debit_fen(self) -> int:
        return sum(each.amount_fen for each in self.owed if not each.memo)


def booked_steps(plan: Plan, outcome: Outcome, members: Collection[str]) -> tuple[BookedStep, ...]:
    """Every step and quantification of a settlement, in order.

    members  codes of those who stand as members in the year: they are owed on 114, 221, 222, others on 211
    """
    steps = [_booked(plan, step, outcome.step(step.name), frozenset(members)) for step in plan.steps]
    memos = [
        BookedStep(
            memo.name,
            plan.legal_basis,
            memo.kind,
            QUANTIFY,
            outcome.step(memo.name).amount_fen,
            "",
            tuple(
                Owed(line.recipient, "", line.amount_fen, memo=True)
                for line in outcome.step(memo.name).lines
                if line.amount_fen
            ),
        )
        for memo in plan.quantifications
    ]
    return (*steps, *memos)


def _booked(plan: Plan, step: Step, result: StepResult, members: frozenset[str]) -> BookedStep:
    basis = plan.legal_basis_of(step)
    accounts = accounts_of_step(basis, step.role)
    owed: tuple[Owed, ...] = ()
    if accounts is not None:
        owed = (
            *_to_recipients(step, result, accounts.credit, members),
            *_to_parties(plan, step, result.parties, accounts.credit, members),
        )
    debit = accounts.debit if accounts and sum(each.amount_fen for each in owed) else ""
    return BookedStep(
        step.name, basis, step.stream or "other", step.role or "other", result.amount_fen, debit, owed
    )


def _to_recipients(step: Step, result: StepResult, credit: str, members: frozenset[str]) -> Iterator[Owed]:
    good = step.in_kind.good if step.in_kind else ""
    for line in result.lines:
        account = owed_on(credit, line.recipient in members)
        yield from _parts(line, account, good)


def _parts(line: Line, account: str, good: str) -> Iterator[Owed]:
    if line.cash_fen:
        yield Owed(line.recipient, account, line.cash_fen)
    if line.goods_fen:
        yield Owed(line.recipient, account, line.goods_fen, good, line.quantity)
    if line.contribution_fen:
        yield Owed(line.recipient, SHARE_CAPITAL, line.contribution_fen)


def _to_parties(
    plan: Plan, step: Step, parties: Mapping[str, int], credit: str, members: frozenset[str]
) -> Iterator[Owed]:
    for name, fen in parties.items():
        party = plan.party(name)
        assert party is not None, name
        if not party.code:
            yield Owed("", fund_account(plan, name), fen)
        elif fen > 0:
            yield Owed(party.code, owed_on(credit, party.code in members), fen)
        else:
            yield Owed(party.code, RECEIVABLE[party.code in members], fen)


def owed_on(credit: str, member: bool) -> str:
    """Members and others are kept apart (art. 41; accounts 114 and 211)."""
    return OTHERS_PAYABLE if credit in OWED_TO_MEMBERS and not member else credit


def fund_account(plan: Plan, name: str) -> str:
    """The reserve itself when some step draws it into this party, else a fund beside it."""
    is_reserve = any(step.to == name and step.role == "reserve" for step in plan.steps)
    return RESERVE if is_reserve else f"{RESERVE}.{name}"


def entries(
    plan: Plan, steps: Iterable[BookedStep], source: str, last_day: date, day: date
) -> tuple[list[Entry], list[Entry]]:
    """What booking the steps will write: costs of the year on its last day, distributions on `day`.

    For previews and for settling without a database; the database writes the same from the allotments.
    """
    costs: list[Entry] = []
    distributions: list[Entry] = []
    for step in steps:
        lines = [Posting(owed.account, -owed.amount_fen, owed.party) for owed in step.owed if not owed.memo]
        if not lines:
            continue
        if step.debit_account:
            lines.insert(0, Posting(step.debit_account, step.debit_fen))
        cost = step.debit_account == OPERATING_EXPENSE
        text = plan.named(step.name, "zh-Hans")
        made = entry(f"{source}:{step.name}", last_day if cost else day, text, *lines)
        (costs if cost else distributions).append(made)
    return costs, distributions
