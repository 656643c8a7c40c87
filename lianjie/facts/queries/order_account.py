"""What stands under an order in money: the deposit, sales, what is owed and late, breaches, insurance."""

from dataclasses import dataclass
from datetime import date

from lianjie.base.refusal import Finding
from lianjie.facts.models import (
    InsuranceClaim,
    InsurancePolicy,
    OrderBreach,
    OrderMoney,
    OrderSale,
)
from lianjie.facts.queries.in_kind import number
from lianjie.facts.queries.offtake import Weighed, of_order, priced
from lianjie.facts.rules import order_account as rules
from lianjie.facts.rules.offtake import OrderTerms, earnest_fen
from lianjie.facts.rules.order_account import Breach, Charge, Moved, Policy, Standing


@dataclass(frozen=True)
class SaleRow:
    """Crop sold to the buyer, with every price that was weighed."""

    number: str
    reference: str
    day: date
    due_day: date
    grade: str
    grams: int
    fen_per_kg: int
    amount_fen: int
    cost_fen: int
    won: str
    weighed: tuple[Weighed, ...]
    evidence: str


@dataclass(frozen=True)
class MoneyRow:
    """Money that moved under the order."""

    reference: str
    moved: Moved
    name: str
    evidence: str


@dataclass(frozen=True)
class BreachRow:
    """A breach with the name of whoever broke the order."""

    reference: str
    breach: Breach
    name: str


@dataclass(frozen=True)
class ClaimRow:
    """A loss reported to the insurer, and what was paid for it."""

    number: str
    reference: str
    day: date
    claimed_fen: int
    paid_fen: int
    account: str
    evidence: str


@dataclass(frozen=True)
class PolicyRow:
    """A policy, whether it runs through all days of the order, and its claims."""

    reference: str
    policy: Policy
    in_force: bool
    premium_paid_fen: int
    claims: tuple[ClaimRow, ...]


@dataclass(frozen=True)
class OrderAccount:
    """Everything in money under an order, at the end of a day.

    buyer    where the buyer stands
    others   households that owe damages
    assured  the words that income is assured may be printed
    """

    buyer: Standing
    others: tuple[Standing, ...]
    sales: tuple[SaleRow, ...]
    money: tuple[MoneyRow, ...]
    breaches: tuple[BreachRow, ...]
    policies: tuple[PolicyRow, ...]
    assured: bool
    earnest_fen: int | None
    findings: tuple[Finding, ...]


def steps(organisation_id: int, order: str) -> tuple[list[Charge], list[Moved]]:
    """What is owed under an order and what moved, as it stands."""
    charges = []
    for row in of_order(OrderSale, organisation_id, order).select_related("contract__buyer"):
        charges.append(Charge(number(row), row.day, row.due_day, row.contract.buyer.code, row.amount_fen))
    for row in of_order(OrderBreach, organisation_id, order).select_related("party", "contract__buyer"):
        if row.damages_fen:
            ours = row.party_id == organisation_id
            party = row.contract.buyer.code if ours else row.party.code
            charges.append(Charge(number(row), row.day, row.day, party, row.damages_fen, ours))
    moves = [_moved(row) for row in of_order(OrderMoney, organisation_id, order).select_related("party")]
    return charges, moves


def floor_received(organisation_id: int, order: str) -> int:
    """Fen the buyer has made good of an order's floor incomes."""
    rows = of_order(OrderMoney, organisation_id, order).filter(kind="floor")
    return sum(rows.values_list("amount_fen", flat=True))


class Costs:
    """What crop sold under orders has cost, each order read once and each sale counted."""

    def __init__(self, organisation_id: int) -> None:
        self.organisation_id = organisation_id
        self._sums: dict[str, list[int]] = {}

    def next(self, order: str, grams: int) -> int:
        """What the next `grams` sold under an order have cost, in fen."""
        if order not in self._sums:
            before = list(of_order(OrderSale, self.organisation_id, order).values_list("grams", "cost_fen"))
            self._sums[order] = [
                sum(each for each, _ in before),
                sum(each for _, each in before),
                *_taken(self.organisation_id, order),
            ]
        sums = self._sums[order]
        cost = rules.cost_of_sale(grams, *sums)
        sums[0], sums[1] = sums[0] + grams, sums[1] + cost
        return cost


def _taken(organisation_id: int, order: str) -> tuple[int, int]:
    """Grams and fen of all that was taken in under an order."""
    rows = priced(organisation_id, order)
    return sum(each.grams for each in rows), sum(each.amount_fen for each in rows)


def account(organisation_id: int, terms: OrderTerms, on: date) -> OrderAccount:
    """An order's account at the end of day `on`."""
    charges, moves = steps(organisation_id, terms.number)
    breaches = tuple(
        BreachRow(row.reference, _breach(row), row.party.name)
        for row in of_order(OrderBreach, organisation_id, terms.number)
        .filter(day__lte=on)
        .select_related("party")
        .order_by("day", "pk")
    )
    rows = policies(organisation_id, terms, on)
    others = sorted({each.party for each in charges} - {terms.buyer})
    standing = [rules.standing(party, charges, moves, on) for party in others]
    kept = [row.policy for row in rows]
    sold = list(of_order(OrderSale, organisation_id, terms.number).values_list("grams", "cost_fen"))
    return OrderAccount(
        rules.standing(terms.buyer, charges, moves, on),
        tuple(each for each in standing if each.owed or each.paid),
        tuple(
            _sale(row)
            for row in of_order(OrderSale, organisation_id, terms.number)
            .filter(day__lte=on)
            .order_by("day", "pk")
        ),
        tuple(
            MoneyRow(row.reference, _moved(row), row.party.name, row.evidence)
            for row in of_order(OrderMoney, organisation_id, terms.number)
            .filter(day__lte=on)
            .select_related("party")
            .order_by("day", "pk")
        ),
        breaches,
        rows,
        rules.assured(terms, kept),
        earnest_fen(terms),
        (
            *rules.breach_findings(row.breach for row in breaches),
            *rules.backing_findings(terms, kept),
            *rules.cost_findings(terms, sold, _taken(organisation_id, terms.number)),
        ),
    )


def policies(organisation_id: int, terms: OrderTerms, on: date) -> tuple[PolicyRow, ...]:
    """Policies of an order with their claims up to a day."""
    paid: dict[str, int] = {}
    for row in of_order(OrderMoney, organisation_id, terms.number).filter(
        kind__in=("premium", "payout"), day__lte=on
    ):
        paid[f"{row.kind}:{row.about}"] = paid.get(f"{row.kind}:{row.about}", 0) + row.amount_fen
    found = []
    for row in of_order(InsurancePolicy, organisation_id, terms.number).order_by("day", "pk"):
        policy = Policy(
            number(row), row.insurer, row.day, row.until_day, row.premium_fen, row.premium_by,
            row.cover_fen, row.clause, row.evidence,
        )  # fmt: skip
        claims = InsuranceClaim.objects.current().filter(policy=row, day__lte=on).order_by("day", "pk")
        found.append(
            PolicyRow(
                row.reference, policy, policy.covers(terms), paid.get(f"premium:{policy.number}", 0),
                tuple(
                    ClaimRow(
                        number(each), each.reference, each.day, each.claimed_fen,
                        paid.get(f"payout:{number(each)}", 0), each.account, each.evidence,
                    )
                    for each in claims
                ),
            )
        )  # fmt: skip
    return tuple(found)


def _moved(row: OrderMoney) -> Moved:
    return Moved(number(row), row.day, row.kind, row.party.code, row.amount_fen, row.penalty_fen, row.about)


def _breach(row: OrderBreach) -> Breach:
    return Breach(
        number(row), row.day, row.party.code, row.kind, row.account, row.remedy, row.grams, row.loss_fen,
        row.damages_fen, row.evidence,
    )  # fmt: skip


def _sale(row: OrderSale) -> SaleRow:
    return SaleRow(
        number(row), row.reference, row.day, row.due_day, row.grade, row.grams, row.fen_per_kg,
        row.amount_fen,
        row.cost_fen, row.won, tuple(Weighed(**each, won=each["kind"] == row.won) for each in row.candidates),
        row.evidence,
    )  # fmt: skip
