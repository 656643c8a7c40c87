"""Each kind of fact, and each step of a settlement -> its entry.

Source: accounting system 财会〔2021〕37号, notes to the accounts (domain list, section 2.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.handed import BalanceFact, ContributionFact, DeliveryFact
from lianjie.ledger.rules.entry import Entry, Posting, entry
from lianjie.ledger.rules.year import DISTRIBUTIONS, UNDISTRIBUTED


class BooksDoNotBalance(Refusal):
    what = N_("The trial balance of {year} does not balance: debits {debit}, credits {credit}.")
    fix = N_("Check the Balances sheet against the books; both columns must add up to the same sum.")


OPERATING_EXPENSE = "521"
COST_BASES = ("rent", "wage", "produce_payment", "contract_profit_share")
"""Legal bases under which a step is a cost of the year, not a distribution of its surplus."""

CONTRIBUTED_AS = {
    "own_money": "102",
    "household_fund": "102",
    "collective": "102",
    "enterprise": "102",
    "goods": "121",
    "land_right": "161",
}
"""What the co-op holds after a contribution of each origin."""


def payable(member: bool) -> str:
    """Members and others are kept apart (art. 41; accounts 114 and 211)."""
    return "114" if member else "211"


def contribution(fact: ContributionFact) -> Entry:
    """Capital paid in: to 301 under the member's name. A return of capital has a negative amount."""
    return entry(
        fact.reference,
        fact.day,
        N_("Contribution"),
        Posting(CONTRIBUTED_AS[fact.origin], fact.amount_fen),
        Posting("301", -fact.amount_fen, fact.party),
    )


def delivery(fact: DeliveryFact) -> Entry | None:
    """Produce bought: into stock at its price, owed to the grower. None when it carries no price yet."""
    if not fact.amount_fen:
        return None
    return entry(
        fact.reference,
        fact.day,
        N_("Delivery"),
        Posting("121", fact.amount_fen),
        Posting(payable(fact.member), -fact.amount_fen, fact.party),
    )


def rent(
    reference: str, day: date, party: str, member: bool, amount_fen: int, ahead_fen: int = 0
) -> Entry | None:
    """Rent fallen due: a cost of the season, owed to the household and never netted.

    ahead_fen  what of it is for later years, paid in advance: it waits in 171 until they come (rent_year)
    """
    if not amount_fen:
        return None
    return entry(
        reference,
        day,
        N_("Rent due"),
        Posting("401", amount_fen - ahead_fen),
        Posting("171", ahead_fen),
        Posting(payable(member), -amount_fen, party),
    )


def rent_year(reference: str, day: date, amount_fen: int) -> Entry:
    """The part of a rent paid in advance that falls to the year now begun."""
    text = N_("Rent paid in advance, part of the year")
    return entry(reference, day, text, Posting("401", amount_fen), Posting("171", -amount_fen))


def land_right_used(reference: str, day: date, amount_fen: int) -> Entry:
    """What the land rights put in as capital lost in a month: a cost of the season, as a rent is.

    Source: accounting system for farmers' cooperatives (2021), notes on accounts 161 and 162.
    """
    text = N_("Land rights put in as capital, written off for the month")
    return entry(reference, day, text, Posting("401", amount_fen), Posting("162", -amount_fen))


def floor_income(reference: str, day: date, party: str, member: bool, amount_fen: int) -> Entry | None:
    """What a lost harvest leaves of a floor income: a cost of operation, owed to the household."""
    if not amount_fen:
        return None
    text = N_("Floor income of an order")
    return entry(
        reference, day, text, Posting("521", amount_fen), Posting(payable(member), -amount_fen, party)
    )


def floor_claim(reference: str, day: date, buyer: str, member: bool, amount_fen: int) -> Entry | None:
    """What the buyer is to make good of a household's floor income, owed by it from the same day.

    Books are kept on the accrual basis (财会〔2021〕37号): an order that lays a lost harvest on the buyer
    fixes the claim and its sum with the floor income itself. Where growers and buyer bear it together it
    fixes no part, so nothing is claimed before money comes. Other income, as what an insurer pays and damages
    are: the cost stays whole beside it, since the household is owed it whether the buyer pays or not.
    """
    if not amount_fen:
        return None
    text = N_("Floor income the buyer is to make good")
    account = "114" if member else "113"
    return entry(reference, day, text, Posting(account, amount_fen, buyer), Posting("502", -amount_fen))


HANDED_FROM = {"bank": "102", "cash": "101"}
"""What a rent, or what of it is not in grain, is handed over from."""


@dataclass(frozen=True)
class InGrain:
    """Grain that settles `fen` of a rent; it had cost `cost_fen`, and stood on the account `stock`."""

    good: str
    grams: int
    fen: int
    cost_fen: int
    stock: str


def rent_handed(
    reference: str,
    day: date,
    *,
    household: str,
    account: str,
    agent: str,
    hop: str,
    method: str,
    amount_fen: int,
    grain: InGrain | None = None,
) -> Entry:
    """A rent on its way: an agent holds it under its own name (113) until the household has it.

    account  where the rent stands as owed to the household

    Grain that settles a rent is sold for what it settles: income (501), its cost an expense (521).
    """
    given: list[Posting] = []
    if agent and hop == "household":
        given.append(Posting("113", -amount_fen, agent))
    elif rest := amount_fen - (grain.fen if grain else 0):
        given.append(Posting(HANDED_FROM[method], -rest))
    if grain:
        given += [
            Posting("501", -grain.fen),
            Posting(OPERATING_EXPENSE, grain.cost_fen),
            Posting(grain.stock, -grain.cost_fen),
            Posting(OPERATING_EXPENSE, grain.grams, good=grain.good),
            Posting(grain.stock, -grain.grams, good=grain.good),
        ]
    taken = Posting("113", amount_fen, agent) if hop == "agent" else Posting(account, amount_fen, household)
    text = N_("Rent handed to an agent") if hop == "agent" else N_("Rent handed over")
    return entry(reference, day, text, taken, *given)


def balances(
    year: int, facts: Sequence[BalanceFact], standing: Mapping[str, int], *, number: int = 1
) -> Entry | None:
    """Books kept elsewhere, brought in on the last day of the year before closing: one entry that takes our
    balances to the trial balance. None when they stand there already.

    standing  net fen by account in our books
    number    how often balances of this year have been brought in, this time included

    Refuses with BooksDoNotBalance.
    """
    debit = sum(f.debit_fen for f in facts)
    credit = sum(f.credit_fen for f in facts)
    if debit != credit:
        raise BooksDoNotBalance(year=year, debit=Fen(debit), credit=Fen(credit))
    wanted: dict[str, int] = {}
    for fact in facts:
        account = UNDISTRIBUTED if fact.account == "332" else fact.account
        wanted[account] = wanted.get(account, 0) + fact.debit_fen - fact.credit_fen
    lines = [
        Posting(account, wanted.get(account, 0) - standing.get(account, 0))
        for account in sorted({*wanted, *standing})
    ]
    if not any(line.amount for line in lines):
        return None
    return entry(f"balances:{year}.{number}", date(year, 12, 31), N_("Trial balance brought in"), *lines)


@dataclass(frozen=True)
class StepAccounts:
    """Which account a step charges, and which it owes to whoever receives."""

    debit: str
    credit: str


def accounts_of_step(basis: str, role: str) -> StepAccounts | None:
    """Where a step of a settlement is booked; None when no money changes its place.

    Rent, wages, payments for produce and a partner's contract share are costs of the year, settled before it
    is closed; surplus is distributed after. Covering a loss needs no entry: both sides stay in 332.2.
    """
    if role == "loss_cover":
        return None
    if basis in COST_BASES:
        return StepAccounts(OPERATING_EXPENSE, "213" if basis == "wage" else "114")
    return StepAccounts(DISTRIBUTIONS, "221" if role == "patronage" else "222")
