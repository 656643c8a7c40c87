"""Let an asset, receive what is paid for it, end a contract; enter other income of a collective by source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.assets import Assets, hand_over
from lianjie.facts.actions.stock import Books, area_of, enter_all, enter_one, members, named, parties_of
from lianjie.facts.actions.store import Sieve, Want, alone, standing
from lianjie.facts.models import AssetContract, CollectiveIncome, ContractDue, ContractEnd, ContractReceipt
from lianjie.facts.queries import asset_income as queries
from lianjie.facts.queries.asset_income import ContractRow
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import asset_income as rules
from lianjie.facts.rules.asset_income import Contract, Letting
from lianjie.facts.rules.handed import AssetFact


class NoSuchAssetContract(Refusal):
    what = N_("There is no contract “{contract}” on an asset of these books.")
    fix = N_("Look it up in the list of contracts.")


class ContractEndedAlready(Refusal):
    what = N_("Contract {contract} ended on {day} already.")
    fix = N_("Take that end back first, with its reason.")


class DueAfterEnd(Refusal):
    what = N_("A payment of contract {contract} is booked for a year that begins on or after {day}.")
    fix = N_("Take that booking back first, or end the contract later.")


@dataclass(frozen=True)
class LettingOut:
    """A contract as signed on `day`."""

    contract: Contract
    day: date
    purpose: str = ""
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class Receiving:
    """Money comes in under a contract; `fen` below zero: it is given back, out of `into`."""

    receipt: str
    day: date
    contract: str
    fen: int
    into: str = "bank"
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class Ending:
    """A contract ends before its time: no year begun on or after `day` is owed."""

    number: str
    day: date
    contract: str
    grounds: str
    evidence: str = ""


@dataclass(frozen=True)
class Earning:
    """Income that comes from no contract in the register. `into` held: the books hold it already."""

    number: str
    day: date
    source: str
    fen: int
    into: str = "bank"
    payer: str = ""
    note: str = ""
    evidence: str = ""
    place: str = ""


def let(given: LettingOut, books: Books) -> str:
    """Let an asset; returns the contract's reference.

    Refuses with what the rules refuse of terms, MoreLetThanThere, NoSuchAsset, NoSuchParty, AssetGone.
    """
    return alone(let_all, given, books)


@transaction.atomic
def let_all(given: Sequence[LettingOut], books: Books) -> list[str]:
    """Let assets as `let` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants, known = Sieve(), [], Assets.of(books, (each.contract.asset for each in given))
    payers = parties_of(each.contract.payer for each in given)
    member = members(books, (party.pk for party in payers.values()))
    held = queries.lettings([row.pk for row in known.by_number.values()])
    for number, each in enumerate(given):
        with sieve.of(number):
            terms = each.contract
            rules.accept(terms)
            asset = known.get(terms.asset)
            payer = named(payers, terms.payer)
            known.there(terms.asset, terms.start)
            others = [one for one in held[asset.pk] if one.contract != terms.number]
            mine = Letting(terms.number, terms.start, terms.until, terms.extent_mu4)
            rules.fits(terms.asset, asset.extent_mu4, mine, others)
            held[asset.pk].append(mine)
            fields = {
                "day": each.day,
                "asset_id": asset.pk,
                "payer_id": payer.pk,
                "to_member": member(payer.pk, each.day),
                "start_day": terms.start,
                "until_day": terms.until,
                "first_due_day": terms.first_due,
                "yearly_fen": terms.yearly_fen,
                "rise_years": terms.rise_years,
                "rise_fen": terms.rise_fen,
                "extent_mu4": terms.extent_mu4,
                "purpose": each.purpose,
                "evidence": each.evidence,
            }
            wants.append(Want(terms.number, asset.area_id, fields, each.place))
    return [str(row.reference) for row, _ in enter_all(AssetContract, wants, books, sieve)]


def receive(given: Receiving, books: Books) -> str:
    """Book a payment of the payer, or what is given back to it of what it paid beyond all the contract owes.

    Refuses with PaidMoreThanAgreed, GivenBackMoreThanBeyond, ContractOver or ReceivedNothing.
    """
    return alone(receive_all, given, books)


@transaction.atomic
def receive_all(given: Sequence[Receiving], books: Books) -> list[str]:
    """Book payments as `receive` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants, area = Sieve(), [], area_of(books)
    numbers = [each.contract for each in given if each.contract]
    stored = standing(AssetContract, books.organisation_id, numbers, "asset", "payer")
    locked = AssetContract.objects.select_for_update().filter(pk__in=[row.pk for row in stored.values()])
    list(locked.order_by("pk"))
    contracts = {row.number: row for row in queries.rows_of(list(stored.values()), date.max)}
    for number, each in enumerate(given):
        with sieve.of(number):
            if each.fen == 0:
                raise rules.ReceivedNothing
            row = contracts.get(each.contract)
            if row is None:
                raise NoSuchAssetContract(contract=each.contract)
            if each.day < row.signed:
                last = row.terms.until
                raise rules.ContractOver(contract=row.number, start=row.signed, last=last, day=each.day)
            fields = {
                "day": each.day,
                "contract_id": row.id,
                "fen": each.fen,
                "into": each.into,
                "evidence": each.evidence,
            }
            wants.append(Want(each.receipt, area, fields, each.place))
    rows = enter_all(ContractReceipt, wants, books, sieve)
    fresh = [(each, row) for each, (row, new) in zip(given, rows, strict=True) if new]
    _within(fresh, contracts)
    facts = [
        AssetFact(
            row.reference, row.day, "receipt" if each.fen > 0 else "given_back", "contracting", each.fen,
            each.into, party=contracts[each.contract].payer_code, member=stored[each.contract].to_member,
        )
        for each, row in fresh
    ]  # fmt: skip
    hand_over(books, *facts)
    return [str(row.reference) for row, _ in rows]


def _within(fresh: Sequence[tuple[Receiving, ContractReceipt]], contracts: Mapping[str, ContractRow]) -> None:
    """Never more received than the contract owes in all, never more given back than is beyond that.

    What came in before it ended, and is entered only now, is held against all it owed until then.
    """
    stands = queries.received([contracts[each.contract].id for each, _ in fresh])
    back: dict[str, int] = {}
    for each, _ in fresh:
        back[each.contract] = back.get(each.contract, 0) + min(0, each.fen)
    for each, _ in fresh:
        of = contracts[each.contract]
        whole, received = of.paying.whole_fen, stands[of.id]
        if each.fen > 0:
            if of.ended is not None and each.day < of.ended:
                whole = sum(due.fen for due in rules.dues(of.terms))
            left = whole - (sum(received.values()) - back[each.contract])
            if left < 0:
                raise rules.PaidMoreThanAgreed(
                    contract=of.number, left=Fen(max(0, left + each.fen)).yuan, given=Fen(each.fen).yuan
                )
        elif (left := rules.least_from(received, each.day) - whole) < 0:
            raise rules.GivenBackMoreThanBeyond(
                contract=of.number, day=each.day, left=Fen(max(0, left - each.fen)).yuan,
                given=Fen(-each.fen).yuan,
            )  # fmt: skip


@transaction.atomic
def end(given: Ending, books: Books) -> str:
    """End a contract early. Refuses with ContractEndedAlready, ContractOver or DueAfterEnd."""
    row = _contract(books, given.contract)
    if not row.terms.start <= given.day < row.terms.until:
        raise rules.ContractOver(
            contract=row.number, start=row.terms.start, last=row.terms.until, day=given.day
        )
    fields = {
        "day": given.day,
        "contract_id": row.id,
        "grounds": given.grounds,
        "evidence": given.evidence,
    }
    other = ContractEnd.objects.current().filter(contract_id=row.id).exclude(numbered(given.number)).first()
    if other is not None:
        raise ContractEndedAlready(contract=row.number, day=other.day)
    kept, _ = enter_one(ContractEnd, given.number, area_of(books), fields, books)
    turns = {due.turn for due in _contract(books, given.contract).schedule}
    if ContractDue.objects.current().filter(contract_id=row.id).exclude(turn__in=turns).exists():
        raise DueAfterEnd(contract=row.number, day=given.day)
    return str(kept.reference)


def earn(given: Earning, books: Books) -> str:
    """Enter income by source; returns its reference. Refuses with ReceivedNothing or NumberTaken."""
    return alone(earn_all, given, books)


@transaction.atomic
def earn_all(given: Sequence[Earning], books: Books) -> list[str]:
    """Enter income as `earn` does, all of it or none."""
    sieve, wants, area = Sieve(), [], area_of(books)
    for number, each in enumerate(given):
        with sieve.of(number):
            if each.fen <= 0:
                raise rules.ReceivedNothing
            fields = {
                "day": each.day,
                "source_of": each.source,
                "fen": each.fen,
                "into": each.into,
                "payer_name": each.payer,
                "note": each.note,
                "evidence": each.evidence,
            }
            wants.append(Want(each.number, area, fields, each.place))
    rows = enter_all(CollectiveIncome, wants, books, sieve)
    facts = [
        AssetFact(row.reference, row.day, "income", each.source, each.fen, each.into)
        for each, (row, new) in zip(given, rows, strict=True)
        if new
    ]
    hand_over(books, *facts)
    return [str(row.reference) for row, _ in rows]


def _contract(books: Books, of: str) -> queries.ContractRow:
    """The standing contract with this number, locked until the transaction ends."""
    found = queries.contract(books.organisation_id, of, date.max) if of else None
    if found is None:
        raise NoSuchAssetContract(contract=of)
    AssetContract.objects.select_for_update().get(pk=found.id)
    return found
