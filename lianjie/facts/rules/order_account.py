"""Money under an order: the deposit, what the buyer owes and paid, breaches, and insurance of the harvest.

Sources: Civil Code, art. 585 (damages far above the loss may be cut; Interpretation of the general part of
contracts, art. 65: 30 % above it), art. 586 (earnest money up to 20 % of the contract's value), art. 587
(whoever gave it and breaks the contract loses it, whoever took it gives it back double), art. 588 (earnest
money or damages, not both).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.offtake import OrderTerms

MONEY = (
    "deposit", "set_off", "returned", "doubled", "kept", "payment", "paid_out", "premium", "payout", "floor",
)  # fmt: skip
"""deposit: came in; set_off: becomes payment; returned; doubled: given back with as much on top; kept: the
buyer lost it; payment: of what is owed to us; paid_out: damages we owe; premium, payout: insurance; floor:
what the buyer makes good of the floor incomes booked, no part of what it owes for crop or damages."""
BREACHES = ("side_selling", "shortfall", "refusal", "late_payment", "quality")
REMEDIES = ("none", "deposit", "damages")
PAYERS = ("coop", "buyer", "grower", "state")
DAMAGES_PERCENT = 130
"""Damages above this part of the loss are presumed too high."""


class DepositNotHeld(Refusal):
    what = N_("On {day} {held} yuan of the deposit are held; {asked} yuan cannot be taken from it.")
    fix = N_("Give at most what is held, or enter first what came in.")


class MorePaidThanOrderOwes(Refusal):
    what = N_("On {day} {party} owes {owed} yuan under this order; {paid} yuan is more.")
    fix = N_("Enter the delivery or the damages it pays for first, or pay the rest back.")


class MoreThanWeOwe(Refusal):
    what = N_("On {day} {owed} yuan of damages are owed to {party}; {paid} yuan is more.")
    fix = N_("Enter the breach with its damages first.")


class DepositOrDamages(Refusal):
    what = N_("Earnest money and damages for the same breach exclude each other.")
    fix = N_("Choose one of them (Civil Code, art. 588).")


class DamagesUnsaid(Refusal):
    what = N_("Damages are asked for, without a sum above zero.")
    fix = N_("Give the sum agreed or ruled, or choose no remedy.")


class NoBreachBehind(Refusal):
    what = N_("No breach by {party} is on record for which the deposit was chosen.")
    fix = N_("Enter the breach with its evidence first; a deposit is kept or doubled only for one.")


class AboveEarnestMoney(Refusal):
    what = N_("Only {most} yuan of the deposit is earnest money; {asked} yuan is more.")
    fix = N_("Keep or double that much and give the rest back (Civil Code, arts. 586, 587).")


class AboveCover(Refusal):
    what = N_("Policy {policy} covers {cover} yuan; with {asked} yuan more is paid.")
    fix = N_("Enter what the insurer paid under this policy.")


class NothingMovedInMoney(Refusal):
    what = N_("A sum of money must be above zero.")
    fix = N_("Give the sum on the receipt.")


class FloorNotOnBuyer(Refusal):
    what = N_("Under order {order} the buyer makes good no floor income.")
    fix = N_("Enter the money as what it is: a payment, damages, or other income of the organisation.")


class FloorNotOwedYet(Refusal):
    what = N_("Order {order} takes the crop until {last}; on {day} the buyer owes no floor income.")
    fix = N_("Correct the day.")


class BreachByStranger(Refusal):
    what = N_("“{party}” neither buys nor delivers under order {order}.")
    fix = N_("Name the buyer, the organisation itself, or a household that promised.")


class SalePriceBelowOrder(Refusal):
    what = N_("{given} yuan a kilogram is below the {due} yuan the order gives.")
    fix = N_("Leave the price empty, or agree on other terms first.")


@dataclass(frozen=True)
class Moved:
    """Money that moved. `kind` as in MONEY."""

    number: str
    day: date
    kind: str
    party: str
    fen: int
    penalty_fen: int = 0
    about: str = ""


@dataclass(frozen=True)
class Charge:
    """What someone owes under the order: a sale or damages. `ours`: we owe it to them."""

    number: str
    day: date
    due_day: date
    party: str
    fen: int
    ours: bool = False


@dataclass(frozen=True)
class Standing:
    """Where one party stands at the end of a day, in fen.

    deposit  of theirs that we hold
    owed     they owe us; `late` of it after its day
    owes     we owe them as damages
    """

    party: str
    deposit: int = 0
    owed: int = 0
    late: int = 0
    owes: int = 0
    paid: int = 0


@dataclass(frozen=True)
class Breach:
    """Who broke the order: `party` a code; weights in grams, sums in fen."""

    number: str
    day: date
    party: str
    kind: str
    account: str
    remedy: str = "none"
    grams: int = 0
    loss_fen: int = 0
    damages_fen: int = 0
    evidence: str = ""


@dataclass(frozen=True)
class Policy:
    """An insurance of the harvest; `until` is the day after its last."""

    number: str
    insurer: str
    start: date
    until: date
    premium_fen: int
    premium_by: str
    cover_fen: int
    clause: str
    evidence: str = ""

    def covers(self, terms: OrderTerms) -> bool:
        """True when it runs on every day of the order."""
        return self.start <= terms.start and terms.until <= self.until


def assured(terms: OrderTerms, policies: Iterable[Policy]) -> bool:
    """Whether “income assured in drought or flood” may be printed now: only when something pays.

    A floor income per mu, or a policy on record that runs through all days of the order.
    """
    if not terms.assured:
        return False
    if terms.backing == "floor_income":
        return terms.floor_income_fen_per_mu > 0
    return terms.backing == "insurance" and any(each.covers(terms) for each in policies)


def standing(
    party: str, charges: Iterable[Charge], moves: Iterable[Moved], on: date | None = None
) -> Standing:
    """Replay what one party owes and paid, day by day, up to the end of `on`.

    On one day what is owed stands before what is paid.
    Refuses with DepositNotHeld, MorePaidThanOrderOwes or MoreThanWeOwe at the first step that cannot be.
    """
    steps: list[tuple[date, int, Charge | Moved]] = [(c.day, 0, c) for c in charges if c.party == party]
    steps += [(m.day, 1 if m.kind == "deposit" else 2, m) for m in moves if m.party == party]
    deposit = owed = owes = paid = 0
    dues: list[tuple[date, int]] = []
    for day, _, step in sorted(steps, key=lambda each: (each[0], each[1], each[2].number)):
        if on is not None and day > on:
            break
        if isinstance(step, Charge):
            owes, owed = (owes + step.fen, owed) if step.ours else (owes, owed + step.fen)
            if not step.ours:
                dues.append((step.due_day, step.fen))
            continue
        deposit += step.fen * {"deposit": 1, "set_off": -1, "returned": -1, "doubled": -1, "kept": -1}.get(
            step.kind, 0
        )
        if deposit < 0:
            raise DepositNotHeld(day=day, held=Fen(deposit + step.fen), asked=Fen(step.fen))
        if step.kind in ("payment", "set_off"):
            if step.fen > owed:
                raise MorePaidThanOrderOwes(day=day, party=party, owed=Fen(owed), paid=Fen(step.fen))
            owed, paid = owed - step.fen, paid + step.fen
        if step.kind == "paid_out":
            if step.fen > owes:
                raise MoreThanWeOwe(day=day, party=party, owed=Fen(owes), paid=Fen(step.fen))
            owes -= step.fen
    return Standing(party, deposit, owed, _late(dues, paid, on), owes, paid)


def _late(dues: Sequence[tuple[date, int]], paid: int, on: date | None) -> int:
    """What stands open after its day: payments meet the earliest due day first."""
    late = 0
    for due_day, fen in sorted(dues):
        met = min(paid, fen)
        paid -= met
        if on is not None and due_day < on:
            late += fen - met
    return late


def check_breach(breach: Breach) -> None:
    """Refuses with DepositOrDamages or DamagesUnsaid."""
    if breach.remedy == "damages" and breach.damages_fen <= 0:
        raise DamagesUnsaid
    if breach.remedy != "damages" and breach.damages_fen:
        raise DepositOrDamages


@dataclass(frozen=True)
class FloorsToBook:
    """The floor incomes of an order a file says its buyer made good of: booked first, unless any is.

    source  kind, name and hash of the document
    """

    order: str
    today: date
    source: tuple[str, str, str]


def check_floor(terms: OrderTerms, day: date) -> None:
    """Whether the buyer can make good a floor income. Refuses with FloorNotOnBuyer or FloorNotOwedYet."""
    if terms.backing != "floor_income" or terms.loss_bearer == "grower":
        raise FloorNotOnBuyer(order=terms.number)
    last = terms.until - timedelta(days=1)
    if day < last:
        raise FloorNotOwedYet(order=terms.number, last=last, day=day)


def breach_findings(breaches: Iterable[Breach]) -> Iterator[Finding]:
    """Damages a court would presume too high."""
    for each in breaches:
        if each.damages_fen * 100 > each.loss_fen * DAMAGES_PERCENT:
            yield Finding(
                "damages-above-loss",
                N_(
                    "Breach {number}: {damages} yuan of damages for a loss of {loss} yuan is more than "
                    "130 % of it and may be cut."
                ),
                {
                    "number": each.number,
                    "damages": str(Fen(each.damages_fen)),
                    "loss": str(Fen(each.loss_fen)),
                },
                where=each.number,
                law=N_("Civil Code, art. 585"),
            )


def backing_findings(terms: OrderTerms, policies: Sequence[Policy]) -> Iterator[Finding]:
    """An order that says an insurance pays, without a policy that runs through its days."""
    if terms.backing == "insurance" and not any(each.covers(terms) for each in policies):
        yield Finding(
            "insurance-not-in-force",
            N_(
                "No policy on record runs through all days of the order; that income is assured is not "
                "printed."
            ),
            where=terms.number,
        )


def cost_of_sale(grams: int, sold_before: int, cost_before: int, taken_grams: int, taken_fen: int) -> int:
    """What the crop sold had cost: its part of what was paid for all that was taken in under the order.

    Counted on the sum of all sales so far and rounded down, so that the last kilogram takes what is left
    and no fen is lost; crop beyond what was taken in is the organisation's own and costs nothing here.
    """
    if taken_grams <= 0:
        return 0
    sold = min(sold_before + grams, taken_grams)
    return max(taken_fen * sold // taken_grams - cost_before, 0)


def cost_findings(
    terms: OrderTerms, sold: Sequence[tuple[int, int]], taken: tuple[int, int]
) -> Iterator[Finding]:
    """Crop sold before it was taken in, or priced anew since: its cost is not all in the books.

    sold   grams and cost in fen of each sale
    taken  grams and fen of all that was taken in
    """
    booked = sum(cost for _, cost in sold)
    whole = cost_of_sale(sum(grams for grams, _ in sold), 0, 0, *taken)
    if sold and whole != booked:
        yield Finding(
            "cost-of-sale-apart",
            N_(
                "What was sold cost {whole} yuan by all that was taken in, and {booked} yuan are booked: "
                "crop was weighed in or priced anew after it was sold. Take the latest sale back and enter "
                "it anew."
            ),
            {"whole": Fen(whole), "booked": Fen(booked)},
            where=terms.number,
        )
