"""Enter what a collective holds, how it is used, let and given away; book wear and payments that fell due.

Each verb is one transaction; the same content again changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import Books, NotInTheFuture, area_of, enter_all, enter_one
from lianjie.facts.actions.store import Sieve, Want, alone, standing
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.models import (
    AssetCharge,
    AssetContract,
    AssetDisposal,
    AssetUse,
    BondMove,
    CollectiveAsset,
    CollectiveIncome,
    ContractDue,
    ContractEnd,
    ContractReceipt,
    Fact,
)
from lianjie.facts.queries import asset_income as incomes
from lianjie.facts.queries import assets as queries
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules import asset_income, assets
from lianjie.facts.rules.assets import Asset
from lianjie.facts.rules.handed import AssetFact, Handed


class NoSuchAsset(Refusal):
    what = N_("There is no asset “{asset}” in this register.")
    fix = N_("Look it up in the register.")


@dataclass(frozen=True)
class Registering:
    """An asset comes into the register. Money in fen, quantity in ten-thousandths."""

    asset: Asset
    spec: str = ""
    location: str = ""
    keeper: str = ""
    quantity_e4: int = 10_000
    counted_in: str = ""
    place: str = ""


@dataclass(frozen=True)
class Using:
    """How an asset is used from a day on."""

    number: str
    day: date
    asset: str
    use: str
    note: str = ""
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class Disposing:
    """An asset is given away, by a decision under a name."""

    number: str
    day: date
    asset: str
    way: str
    person_name: str
    resolution: str
    proceeds_fen: int = 0
    into: str = "bank"
    evidence: str = ""


@dataclass(frozen=True)
class Booked:
    """What one run booked. `charges`: assets whose wear was charged."""

    charges: int
    charged_fen: int
    dues: int
    due_fen: int


def register(given: Registering, books: Books) -> str:
    """Enter an asset; returns its reference. Refuses with what the rules refuse, or NumberTaken."""
    return alone(register_all, given, books)


@transaction.atomic
def register_all(given: Sequence[Registering], books: Books) -> list[str]:
    """Enter assets as `register` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants, area = Sieve(), [], area_of(books)
    for at, each in enumerate(given):
        with sieve.of(at):
            assets.accept(each.asset)
            wants.append(Want(each.asset.number, area, _fields(each), each.place))
    rows = enter_all(CollectiveAsset, wants, books, sieve)
    facts = (
        AssetFact(row.reference, row.day, "asset", row.kind, row.cost_fen, row.paid)
        for row, new in rows
        if new
    )
    hand_over(books, *facts)
    return [str(row.reference) for row, _ in rows]


def _fields(given: Registering) -> dict[str, Any]:
    asset = given.asset
    return {
        "day": asset.start,
        "name": asset.name,
        "kind": asset.kind,
        "category": asset.category,
        "origin": asset.origin,
        "paid": asset.paid,
        "spec": given.spec,
        "location": given.location,
        "keeper": given.keeper,
        "quantity_e4": given.quantity_e4,
        "counted_in": given.counted_in,
        "extent_mu4": asset.extent_mu4,
        "cost_fen": asset.cost_fen,
        "residual_e6": asset.residual_e6,
        "life_months": asset.life_months,
        "taken_fen": asset.taken_fen,
        "taken_until": asset.taken_until,
        "evidence": asset.evidence,
    }


def use(given: Using, books: Books) -> str:
    """Note how an asset is used from a day on."""
    return alone(use_all, given, books)


@transaction.atomic
def use_all(given: Sequence[Using], books: Books) -> list[str]:
    """Note uses as `use` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants, known = Sieve(), [], Assets.of(books, (each.asset for each in given))
    for at, each in enumerate(given):
        with sieve.of(at):
            asset = known.there(each.asset, each.day)
            fields = {
                "day": each.day, "asset_id": asset.pk, "use": each.use, "note": each.note,
                "evidence": each.evidence,
            }  # fmt: skip
            wants.append(Want(each.number, asset.area_id, fields, each.place))
    return [str(row.reference) for row, _ in enter_all(AssetUse, wants, books, sieve)]


@transaction.atomic
def dispose(given: Disposing, books: Books) -> str:
    """Give an asset away: it is charged to the end of that month, then leaves the books.

    Refuses with DisposalNeedsDecision, AssetStillLet, ChargedAfterwards, AssetGone or BeforeAsset.
    """
    if not given.person_name.strip() or not given.resolution.strip():
        raise assets.DisposalNeedsDecision
    asset = asset_row(books, given.asset)
    if not AssetDisposal.objects.current().filter(numbered(given.number), asset=asset).exists():
        there(asset, given.day)
    for contract in incomes.of_asset(asset.pk, given.day):
        if contract.signed <= given.day < min(contract.ended or date.max, contract.terms.until):
            raise assets.AssetStillLet(asset=given.asset, contract=contract.number, day=given.day)
    fields = {
        "day": given.day,
        "asset_id": asset.pk,
        "way": given.way,
        "proceeds_fen": given.proceeds_fen,
        "into": given.into,
        "person_name": given.person_name.strip(),
        "resolution": given.resolution.strip(),
        "evidence": given.evidence,
    }
    row, new = enter_one(AssetDisposal, given.number, asset.area_id, fields, books)
    if new:
        of = queries.asset_of(asset)
        beyond = queries.charged([asset.pk]).get(asset.pk, 0) - assets.charged_by(of, given.day, given.day)
        if beyond > 0:
            raise assets.ChargedAfterwards(asset=given.asset, day=given.day, fen=Fen(beyond))
        _charge([asset], given.day, books, gone=given.day)
        taken = asset.taken_fen + queries.charged([asset.pk]).get(asset.pk, 0)
        hand_over(
            books,
            AssetFact(
                row.reference, row.day, "disposal", asset.kind, row.proceeds_fen, row.into,
                cost_fen=asset.cost_fen, taken_fen=taken,
            ),
        )  # fmt: skip
    return str(row.reference)


@transaction.atomic
def book_due(until: date, books: Books) -> Booked:
    """Book the wear of every asset and every contract payment that fell due by the end of `until`, each once.

    Running it again, or for an earlier day, books nothing twice.
    """
    if until > localdate(books.at):
        raise NotInTheFuture(day=until)
    mine = {"organisation_id": books.organisation_id}
    rows = list(CollectiveAsset.objects.current().filter(**mine, life_months__gt=0).order_by("pk"))
    gone = queries.gone([row.pk for row in rows])
    charges = _charge([row for row in rows if row.pk not in gone], until, books)
    found = list(incomes.rows_of(list(incomes.contracts(books.organisation_id).order_by("pk")), until))
    known = incomes.booked_turns([row.id for row in found])
    dues = []
    for row in found:
        for due in row.schedule:
            if due.day <= until and (row.id, due.turn) not in known:
                _due(row.id, row.number, due, books)
                dues.append(due.fen)
    worn = len({row.asset_id for row in charges})
    return Booked(worn, sum(row.fen for row in charges), len(dues), sum(dues))


def _charge(
    rows: Sequence[CollectiveAsset], until: date, books: Books, gone: date | None = None
) -> list[AssetCharge]:
    """Book what is still to be charged by the end of `until`, each month for itself."""
    stand = queries.charges([row.pk for row in rows])
    wants, of = [], {}
    for asset in rows:
        for day, fen in assets.charges(queries.asset_of(asset), until, stand[asset.pk], gone):
            key = f"{number(asset)[:33]}-{assets.month_key(day)}"
            wants.append(Want(key, asset.area_id, {"day": day, "asset_id": asset.pk, "fen": fen}))
            of[asset.pk] = asset
    made = enter_all(AssetCharge, wants, books, Sieve())
    facts = (
        AssetFact(
            row.reference, row.day, "charge", of[row.asset_id].kind, row.fen,
            category=of[row.asset_id].category,
        )
        for row, _ in made
    )  # fmt: skip
    hand_over(books, *facts)
    return [row for row, _ in made]


def _due(contract_id: int, of: str, due: asset_income.Due, books: Books) -> None:
    contract = AssetContract.objects.select_related("payer").get(pk=contract_id)
    fields = {"day": due.day, "contract_id": contract.pk, "turn": due.turn, "fen": due.fen}
    row, new = enter_one(ContractDue, f"{of[:36]}-{due.turn}", contract.area_id, fields, books)
    if new:
        fact = AssetFact(
            row.reference, row.day, "due", "contracting", due.fen, party=contract.payer.code,
            member=contract.to_member,
        )  # fmt: skip
        hand_over(books, fact)


TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (
        CollectiveAsset,
        AssetUse,
        AssetContract,
        ContractEnd,
        ContractDue,
        ContractReceipt,
        AssetCharge,
        AssetDisposal,
        CollectiveIncome,
    )
}
BOOKED = (CollectiveAsset, ContractDue, ContractReceipt, AssetCharge, AssetDisposal, CollectiveIncome)
USERS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    CollectiveAsset: tuple(
        (model, "asset") for model in (AssetUse, AssetContract, AssetCharge, AssetDisposal)
    ),
    AssetContract: tuple(
        (model, "contract") for model in (ContractReceipt, ContractDue, ContractEnd, BondMove)
    ),
}
"""What rests on a fact: it must be taken back first."""


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw what should not have been entered; its entry in the ledger is reversed.

    To correct a figure, take it back and enter it anew under the same number.
    Refuses with ReasonMissing, NoSuchFact or FactStillUsed.
    """
    if not reason.strip():
        raise ReasonMissing
    name, _, key = reference.partition(":")
    model = TABLES.get(name, CollectiveAsset)
    rows = model.objects.current().filter(organisation_id=books.organisation_id, key=key)
    found: Any = rows.first() if name in TABLES else None
    if found is None:
        raise NoSuchFact(reference=reference)
    if isinstance(found, AssetCharge):
        end = AssetDisposal.objects.current().filter(asset_id=found.asset_id).first()
        if end is not None:
            raise FactStillUsed(reference=reference, user=end.reference)
    if isinstance(found, ContractEnd | ContractReceipt):
        list(AssetContract.objects.select_for_update().filter(pk=found.contract_id))
        back = ContractReceipt.objects.current().filter(contract_id=found.contract_id, fen__lt=0)
        user = back.exclude(pk=found.pk).first() if getattr(found, "fen", 1) > 0 else None
        if user is not None:
            raise FactStillUsed(reference=reference, user=user.reference)
    for users, column in USERS.get(model, ()):
        user = users.objects.current().filter(**{column: found}).first()
        if user is not None:
            raise FactStillUsed(reference=reference, user=user.reference)
    taken_back(found, reason, books.entry)
    if isinstance(found, BOOKED):
        hand_over(books, reverses=found.reference)
    return str(found.reference)


# What every verb asks


def hand_over(books: Books, *facts: AssetFact, reverses: str = "") -> None:
    """Give the ledger what moved, or have it reverse what it booked of a fact."""
    rows = [Handed(fact) for fact in facts] + ([Handed(None, reverses)] if reverses else [])
    year = facts[0].day.year if facts else books.at.year
    if rows:
        books.post("assets", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)


@dataclass(frozen=True)
class Assets:
    """Standing assets by number, locked until the transaction ends, and on which day some of them went."""

    by_number: Mapping[str, CollectiveAsset]
    gone: Mapping[int, date]

    @classmethod
    def of(cls, books: Books, numbers: Iterable[str]) -> "Assets":
        wanted = [each for each in numbers if each]
        found = standing(CollectiveAsset, books.organisation_id, wanted)
        ids = sorted(row.pk for row in found.values())
        for start in range(0, len(ids), SLICE):
            some = CollectiveAsset.objects.select_for_update().filter(pk__in=ids[start : start + SLICE])
            list(some.order_by("pk").values_list("pk"))
        return cls(found, queries.gone(ids))

    def get(self, of: str) -> CollectiveAsset:
        """The asset. Refuses with NoSuchAsset."""
        if of not in self.by_number:
            raise NoSuchAsset(asset=of)
        return self.by_number[of]

    def there(self, of: str, day: date) -> CollectiveAsset:
        """The asset, when it is there on the day. Refuses with NoSuchAsset, BeforeAsset or AssetGone."""
        asset = self.get(of)
        if day < asset.day:
            raise assets.BeforeAsset(asset=of, start=asset.day, day=day)
        gone = self.gone.get(asset.pk)
        if gone is not None and day >= gone:
            raise assets.AssetGone(asset=of, gone=gone, day=day)
        return asset


def asset_row(books: Books, of: str) -> CollectiveAsset:
    """The standing asset with this number, locked until the transaction ends."""
    return Assets.of(books, [of]).get(of)


def there(asset: CollectiveAsset, day: date) -> None:
    """Refuses with BeforeAsset or AssetGone when the asset is not there on the day."""
    if day < asset.day:
        raise assets.BeforeAsset(asset=number(asset), start=asset.day, day=day)
    gone = queries.gone([asset.pk]).get(asset.pk)
    if gone is not None and day >= gone:
        raise assets.AssetGone(asset=number(asset), gone=gone, day=day)
