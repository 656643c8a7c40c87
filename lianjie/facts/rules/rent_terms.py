"""What may be agreed on a rent, and what may become of a lease.

Sources: Rural Land Contract Law, art. 38 (no longer than the household's own contract), art. 40 (in writing
when longer than a year), art. 46 (a sub-lease needs written consent); Civil Code, art. 717 (it runs no longer
than the lease).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.asset_income import years_on as on_year
from lianjie.facts.rules.rent import GrainOwed, LeaseTerms, yearly_rent

WRITTEN = ("signed", "fingerprint")
"""Consent that is in writing."""


class GrainUnsaid(Refusal):
    what = N_("A rent in grain needs the grain, its weight a mu and the market whose price counts.")
    fix = N_("Fill in all three, or choose a rent in cash.")


class WindowAfterDue(Refusal):
    what = N_("The window of prices ends on {last}, and the rent of {year} is due on {due_day}.")
    fix = N_("Choose a window that is over when the rent falls due, or that of the year before.")


class GrainPaidAhead(Refusal):
    what = N_("{paid} years are paid at a time, but the price of grain is taken anew every {reset} years.")
    fix = N_("Take the price anew every {paid} years or a multiple of it; no price is known in advance.")


class StepUnsaid(Refusal):
    what = N_("A rise needs both its share and how many years lie between two rises.")
    fix = N_("Give both, or leave both empty.")


class FixedUnsaid(Refusal):
    what = N_("The first years in fixed cash need both their number and the rent a mu.")
    fix = N_("Give both, or leave both empty.")


class ShareUnsaid(Refusal):
    what = N_("A share beside the rent needs both how much it is, at most 100 %, and of which result.")
    fix = N_("Give both, or leave both empty.")


class HandBackOutsideLease(Refusal):
    what = N_("The land is handed back on {day}, but the lease runs from {first} to {last}.")
    fix = N_("Give a day after the first day, and not after the last.")


class RenewalShortens(Refusal):
    what = N_("The renewal runs to {last}, no longer than the lease already does.")
    fix = N_("Give a later last day, or enter a hand-back.")


class RenewalMeetsLease(Refusal):
    what = N_("The renewal runs to {last}, and from {day} on the same land is let by lease {lease}.")
    fix = N_("Renew until the day before at most, or hand that lease back first: rent would be owed twice.")


class RenewalAfterHandBack(Refusal):
    what = N_("The land goes back to the household on {day}; a lease that ends so is not renewed.")
    fix = N_("Sign a new lease for it.")


class RenewalBeyondContract(Refusal):
    what = N_("The renewal runs to {last}, and the household's own contract for the land ends on {ends}.")
    fix = N_("Renew until that day at most (Rural Land Contract Law, art. 38).")


class ValuedBeyondRight(Refusal):
    what = N_("Years from {day} on: {years}. They end after {last}, the last day of the right to the land.")
    fix = N_(
        "Value it for the years left (Rural Land Contract Law, art. 38): a right that is over is no capital."
    )


class SubleaseWithoutConsent(Refusal):
    what = N_("The land may not be sub-let to {taker}: the household has not agreed in writing.")
    fix = N_(
        "Let the household sign, keep the paper as evidence, and enter it again "
        "(Rural Land Contract Law, art. 46)."
    )


class SubleaseOutsideLease(Refusal):
    what = N_("The sub-lease runs from {day} to {end}, and the lease from {first} to {last}.")
    fix = N_("Sub-let within the lease (Civil Code, art. 717), or renew the lease first.")


class RentWithheld(Refusal):
    what = N_("{given} yuan are to be handed over, but the rent of {year} is {owed} yuan.")
    fix = N_(
        "Pay the rent whole: nothing may be kept back from it or set against it (Interpretation on disputes "
        "over rural land contracts, art. 17; Rural Land Contract Law, art. 39)."
    )


class RentAlreadyPaid(Refusal):
    what = N_("The rent of {year} was handed over on {day}.")
    fix = N_("Take that payment back first if it was entered wrongly.")


class RentOnItsWay(Refusal):
    what = N_("The rent of {year} is in a batch of payments, sent or about to be.")
    fix = N_("Look at the payments to households; enter nothing here.")


class AgentNotConfirmed(Refusal):
    what = N_("The rent of {year} is with {agent} since {day}; the household has not confirmed it.")
    fix = N_("Enter the household's own receipt; only then is it paid.")


class PaidBeforeDue(Refusal):
    what = N_("The rent of {year} falls due on {due_day} and is not booked; it cannot be paid on {day}.")
    fix = N_("Book the rents due up to that day first; or correct the day.")


class GrainNotAgreed(Refusal):
    what = N_("This rent was not agreed in grain, so it cannot be handed over in grain.")
    fix = N_("Pay it in money, or enter terms of rent in grain.")


class GrainLotUnsaid(Refusal):
    what = N_("Nobody says from which lot the grain was handed over.")
    fix = N_("Choose the lot it was taken from; enter first what came into the stock.")
    about = "lot"


class NotTheGrainAgreed(Refusal):
    what = N_("Lot {lot} holds {held}, and the lease names {agreed}.")
    fix = N_("Choose a lot of that grain and grade, or pay in money.")
    about = "lot"


class MoreGrainThanOwed(Refusal):
    what = N_("{given} kg are handed over, and the rent of {year} is {owed} kg.")
    fix = N_("Enter at most that; what the household gets beside it is no rent.")
    about = "quantity"


class RestOfRentUnpaid(Refusal):
    what = N_("{kg} kg settle {worth} yuan of the rent of {year}; {rest} yuan are left.")
    fix = N_("Choose how the rest was paid, in cash or through the bank: a rent is handed over whole.")
    about = "method"


class RentReceiptMissing(Refusal):
    what = N_("A rent handed over needs its evidence.")
    fix = N_("Name the bank slip, or the list the household signed.")


@dataclass(frozen=True)
class Handing:
    """One hop of a rent's way. `agent` empty: straight to the household.

    lot, grams  grain handed over, out of which lot; without grams, in kind, all that is owed
    """

    year: int
    hop: str
    day: date
    fen: int
    method: str
    evidence: str
    agent: str = ""
    lot: str = ""
    grams: int = 0


@dataclass(frozen=True)
class RentToHand:
    """A rent a file says was handed over: the ledger knows what is owed, and enters it.

    source  kind, name and hash of the document; `place` where in it
    """

    lease: str
    given: Handing
    source: tuple[str, str, str]
    place: str


@dataclass(frozen=True)
class Handed:
    """A hop that is entered; `grams` of `good` out of `lot` for `in_kind_fen` when in grain."""

    hop: str
    day: date
    agent: str
    agent_name: str
    lot: str = ""
    good: str = ""
    grams: int = 0
    in_kind_fen: int = 0
    method: str = ""


@dataclass(frozen=True)
class ChangeGiven:
    """What becomes of a lease. `taker` and `consent` are for a sub-lease, `until` for it or a renewal."""

    kind: str
    day: date
    until: date | None = None
    taker: str = ""
    consent: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Sublet:
    """A sub-lease: to whom, from `day` up to, not including, `until`; None for as long as the lease."""

    taker: str
    day: date
    until: date | None


def change_key(lease: str, kind: str, day: date) -> str:
    """The key of what becomes of a lease, from the lease's own; at most 110 characters."""
    return f"{lease}-{kind}-{day}"[:110]


def refusals(terms: LeaseTerms) -> Iterator[Refusal]:
    """Everything for which terms of rent cannot be agreed."""
    grain, step = terms.grain, terms.step
    if step is not None and (step.years <= 0 or step.millionths <= 0):
        yield StepUnsaid()
    if bool(terms.share_millionths) != bool(terms.share_of) or not 0 <= terms.share_millionths <= 1_000_000:
        yield ShareUnsaid()
    if bool(terms.fixed_years) != bool(terms.fixed_fen_per_mu):
        yield FixedUnsaid()
    if grain is None:
        return
    if not grain.good.strip() or grain.grams_per_mu <= 0 or not grain.market.strip():
        yield GrainUnsaid()
    if terms.paid_years > 1 and (
        grain.reset_years % terms.paid_years or terms.fixed_years % terms.paid_years
    ):
        yield GrainPaidAhead(paid=terms.paid_years, reset=grain.reset_years)
    turns = grain.window_first > grain.window_last
    due = (terms.due_month, terms.due_day_of_month)
    ends_before = (0, grain.window_last) if not turns else (1, grain.window_last)
    if ends_before >= (grain.years_before, due):
        year = terms.start.year
        yield WindowAfterDue(
            last=f"{year - grain.years_before + turns}-{_of(grain.window_last)}",
            year=year,
            due_day=f"{year}-{_of(due)}",
        )


def refuse_change(lease: LeaseTerms, change: ChangeGiven, contract_until: date | None) -> None:
    """Refuses a change that cannot follow; `contract_until` is the day after the household's contract."""
    last = None if lease.until is None else lease.until - timedelta(days=1)
    if change.kind == "hand_back":
        if change.day <= lease.start or (lease.until is not None and change.day >= lease.until):
            raise HandBackOutsideLease(day=change.day, first=lease.start, last=last or "…")
    elif change.kind == "renewal":
        if change.until is None or lease.until is None or change.until <= lease.until:
            raise RenewalShortens(last="…" if change.until is None else change.until - timedelta(days=1))
        if contract_until is not None and change.until > contract_until:
            day = timedelta(days=1)
            raise RenewalBeyondContract(last=change.until - day, ends=contract_until - day)
    elif change.consent not in WRITTEN or not change.evidence.strip():
        raise SubleaseWithoutConsent(taker=change.taker)
    elif (
        not lease.start <= change.day < (change.until or lease.until or date.max) <= (lease.until or date.max)
    ):
        end = "…" if change.until is None else change.until - timedelta(days=1)
        raise SubleaseOutsideLease(day=change.day, end=end, first=lease.start, last=last or "…")


def land_value(lease: LeaseTerms, contract_until: date | None, day: date, years: int, fen_per_mu: int) -> int:
    """Fen a land right is worth as capital from `day` on: extent x price of a mu and year x years, not
    discounted, rounded once, half a fen up. Source: domain list, section 4.2, land as capital.

    contract_until  the day after the household's contract

    Refuses with ValuedBeyondRight when the years run beyond the lease or the household's contract.
    """
    ends = min(lease.until or date.max, contract_until or date.max)
    if on_year(day, years) > ends:
        raise ValuedBeyondRight(years=years, day=day, last=ends - timedelta(days=1))
    return yearly_rent(lease.extent_mu4, fen_per_mu * years)


def refuse_handing(given: Handing, owed_fen: int, grain: bool, before: Sequence[Handed]) -> None:
    """Refuses a hop that cannot be: not whole, twice, past the agent, or in grain that was not agreed.

    owed_fen  what the journal owes the household for this rent
    before    hops of this rent entered already
    """
    done = {each.hop: each for each in before}
    if "household" in done:
        raise RentAlreadyPaid(year=given.year, day=done["household"].day)
    if not given.evidence.strip():
        raise RentReceiptMissing
    carried = done.get("agent")
    if carried and (given.hop == "agent" or given.agent != carried.agent):
        raise AgentNotConfirmed(year=given.year, agent=carried.agent_name, day=carried.day)
    if given.fen != owed_fen:
        raise RentWithheld(given=Fen(given.fen), year=given.year, owed=Fen(owed_fen))
    if (given.method == "in_kind" or given.lot) and not grain:
        raise GrainNotAgreed


def in_grain(given: Handing, owed: GrainOwed) -> tuple[int, int]:
    """Grams handed over and fen they settle of a rent owed as `given.fen`.

    Refuses with GrainLotUnsaid, MoreGrainThanOwed or RestOfRentUnpaid.
    """
    grams = given.grams or (owed.grams if given.method == "in_kind" else 0)
    if not given.lot or grams <= 0:
        raise GrainLotUnsaid
    if grams > owed.grams:
        raise MoreGrainThanOwed(given=_kg(grams), year=given.year, owed=_kg(owed.grams))
    fen = min(owed.worth(grams), given.fen)
    if given.method == "in_kind" and fen != given.fen:
        rest = Fen(given.fen - fen)
        raise RestOfRentUnpaid(kg=_kg(grams), worth=Fen(fen), year=given.year, rest=rest)
    return grams, fen


def _kg(grams: int) -> str:
    return f"{grams / Decimal(1000):f}"


def findings(lease: LeaseTerms, form: str, sublets: Sequence[Sublet] = ()) -> tuple[Finding, ...]:
    """What a person must weigh about a lease."""
    return (*_spoken(lease, form), *_sublet(lease, sublets))


def _spoken(lease: LeaseTerms, form: str) -> Iterator[Finding]:
    if form == "verbal" and (lease.until is None or (lease.until - lease.start).days > 366):
        yield Finding(
            "lease-not-in-writing",
            N_("This lease is only spoken and runs longer than a year; it should be put in writing."),
            where=lease.reference,
            law=N_("Rural Land Contract Law, art. 40"),
        )


def _sublet(lease: LeaseTerms, sublets: Sequence[Sublet]) -> Iterator[Finding]:
    """A sub-lease that outlives the lease, as it does after a hand-back, or two of the land at a time."""
    day = timedelta(days=1)
    for each in sublets:
        if lease.until is not None and each.until is not None and lease.until < each.until:
            yield Finding(
                "sublease-outlives-lease",
                N_(
                    "The sub-lease to {taker} runs on after {last}, the last day of the lease; "
                    "end it by then."
                ),
                {"taker": each.taker, "last": lease.until - day},
                where=lease.reference,
                law=N_("Civil Code, art. 717"),
            )
    last: Sublet | None = None
    for each in sorted(sublets, key=lambda one: one.day):
        if last is not None and each.day < (last.until or lease.until or date.max):
            yield Finding(
                "sublet-twice",
                N_("From {day} on the land is sub-let to {one} and to {other}: has each a part of its own?"),
                {"day": each.day, "one": last.taker, "other": each.taker},
                severity="note",
                where=lease.reference,
            )
        last = each


def _of(month_and_day: tuple[int, int]) -> str:
    return f"{month_and_day[0]:02d}-{month_and_day[1]:02d}"
