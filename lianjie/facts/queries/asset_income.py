"""Contracts of a collective and what is owed under them; its income of a year; the villages of an area."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from lianjie.facts.models import (
    Area,
    AssetContract,
    AssetDisposal,
    BondMove,
    CollectiveIncome,
    ContractDue,
    ContractEnd,
    ContractReceipt,
    Organisation,
)
from lianjie.facts.queries.assets import charged
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import asset_income as rules
from lianjie.facts.rules.asset_income import Above, Contract, Due, Letting, Paying, YearIncome
from lianjie.facts.rules.assets import LAND


@dataclass(frozen=True)
class ContractRow:
    """One contract and where it stands on the day asked about."""

    id: int
    number: str
    reference: str
    signed: date
    asset_number: str
    asset: str
    on_land: bool
    payer_code: str
    payer: str
    purpose: str
    evidence: str
    terms: Contract
    schedule: tuple[Due, ...]
    paying: Paying
    ended: date | None
    state: str


@dataclass(frozen=True)
class ContractPage:
    rows: tuple[ContractRow, ...]
    next_after: str
    total: int


@dataclass(frozen=True)
class ContractEvent:
    """One line of a contract's story. `kind`: signed, due, receipt, given_back or ended."""

    day: date
    kind: str
    reference: str
    number: str
    fen: int = 0
    word: str = ""
    text: str = ""
    evidence: str = ""
    may_go: bool = True


@dataclass(frozen=True)
class IncomeRow:
    """One line of income: from a contract that fell due, or entered by hand; `may_go`: taken back here.

    An asset sold above its worth and a bond forfeited are other income; they are taken back where they stand.
    """

    day: date
    source: str
    fen: int
    payer: str
    text: str
    reference: str
    link: str
    evidence: str
    may_go: bool = True


@dataclass(frozen=True)
class VillageIncome:
    """One village and the income of its collectives in the year."""

    code: str
    name: str
    collectives: int
    income: YearIncome


def terms(row: AssetContract) -> Contract:
    """A stored contract as the rules know it."""
    return Contract(
        number(row), number(row.asset), row.payer.code, row.start_day, row.until_day, row.first_due_day,
        row.yearly_fen, row.rise_years, row.rise_fen, row.extent_mu4,
    )  # fmt: skip


def ends(ids: Collection[int]) -> dict[int, date]:
    """Contract id -> the day from which it ended early."""
    found: dict[int, date] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        found.update(
            ContractEnd.objects.current().filter(contract_id__in=some).values_list("contract_id", "day")
        )
    return found


def received(ids: Collection[int]) -> dict[int, dict[date, int]]:
    """Contract id -> day -> fen received, less what was given back."""
    found: dict[int, dict[date, int]] = {pk: {} for pk in ids}
    wanted = sorted(found)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        rows = ContractReceipt.objects.current().filter(contract_id__in=some)
        for pk, day, fen in rows.values_list("contract_id", "day", "fen"):
            found[pk][day] = found[pk].get(day, 0) + fen
    return found


def booked_turns(ids: Collection[int]) -> set[tuple[int, int]]:
    """(contract id, turn) of every payment booked as due."""
    found: set[tuple[int, int]] = set()
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        rows = ContractDue.objects.current().filter(contract_id__in=some)
        found.update(rows.values_list("contract_id", "turn"))
    return found


def contracts(organisation_id: int) -> QuerySet:
    """Standing contracts of one organisation."""
    return (
        AssetContract.objects.current()
        .filter(organisation_id=organisation_id)
        .select_related("asset", "payer")
    )


def page(
    organisation_id: int, on: date, *, search: str = "", after: str = "", limit: int = 50
) -> ContractPage:
    """Contracts, the latest first."""
    found = _narrowed(organisation_id, search)
    shown = slice_after(found, "day", True, after=after, limit=limit)
    return ContractPage(tuple(rows_of(shown.rows, on)), shown.next_after, found.count())


def every(organisation_id: int, on: date, *, search: str = "") -> Iterator[ContractRow]:
    """All contracts that fit, for an export."""
    waiting: list[AssetContract] = []
    for row in all_after(_narrowed(organisation_id, search), "day", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from rows_of(waiting, on)
            waiting = []
    yield from rows_of(waiting, on)


def _narrowed(organisation_id: int, search: str) -> QuerySet:
    found = contracts(organisation_id)
    if not search:
        return found
    return found.filter(
        named_like("payer", search) | Q(key__istartswith=search) | Q(asset__name__icontains=search)
    )


def rows_of(found: Collection[AssetContract], on: date) -> Iterator[ContractRow]:
    """Stored contracts with where each stands on a day."""
    ids = [row.pk for row in found]
    over, money = ends(ids), received(ids)
    for row in found:
        agreed, ended = terms(row), over.get(row.pk)
        schedule = rules.dues(agreed, ended)
        now = rules.paying(schedule, money[row.pk], on)
        yield ContractRow(
            row.pk, number(row), row.reference, row.day, number(row.asset), row.asset.name,
            row.asset.kind in LAND, row.payer.code, row.payer.name, row.purpose, row.evidence,
            agreed, schedule, now, ended, _state(agreed, ended, now, on),
        )  # fmt: skip


def _state(agreed: Contract, ended: date | None, now: Paying, on: date) -> str:
    if now.owed_fen > 0:
        return "overdue"
    if on >= min(ended or date.max, agreed.until):
        return "over"
    return "ahead" if on < agreed.start else "running"


def contract(organisation_id: int, of: str, on: date) -> ContractRow | None:
    """The contract with this number, or None."""
    return next(rows_of(list(contracts(organisation_id).filter(numbered(of))[:1]), on), None)


def of_asset(asset_id: int, on: date) -> tuple[ContractRow, ...]:
    """Every contract on one asset, the latest first."""
    found = AssetContract.objects.current().filter(asset_id=asset_id).select_related("asset", "payer")
    return tuple(rows_of(list(found.order_by("-day", "-pk")), on))


def lettings(assets: Collection[int]) -> dict[int, list[Letting]]:
    """Asset id -> the stretches for which it is let, each up to its early end."""
    found: dict[int, list[Letting]] = {pk: [] for pk in assets}
    wanted = sorted(found)
    for start in range(0, len(wanted), SLICE):
        rows = list(AssetContract.objects.current().filter(asset_id__in=wanted[start : start + SLICE]))
        over = ends([row.pk for row in rows])
        for row in rows:
            until = min(over.get(row.pk) or date.max, row.until_day)
            found[row.asset_id].append(Letting(number(row), row.start_day, until, row.extent_mu4))
    return found


def story(of: ContractRow) -> tuple[ContractEvent, ...]:
    """What happened under a contract, in order of day."""
    found: list[tuple[date, int, ContractEvent]] = []
    for due in ContractDue.objects.current().filter(contract_id=of.id):
        found.append((due.day, 0, ContractEvent(due.day, "due", due.reference, number(due), due.fen)))
    money = list(ContractReceipt.objects.current().filter(contract_id=of.id))
    rests = any(paid.fen < 0 for paid in money)
    for paid in money:
        back = paid.fen < 0
        found.append((paid.day, 3 if back else 1, ContractEvent(
            paid.day, "given_back" if back else "receipt", paid.reference, number(paid), abs(paid.fen),
            paid.into, evidence=paid.evidence, may_go=back or not rests,
        )))  # fmt: skip
    for end in ContractEnd.objects.current().filter(contract_id=of.id):
        found.append((end.day, 2, ContractEvent(
            end.day, "ended", end.reference, number(end), text=end.grounds, evidence=end.evidence,
            may_go=not rests,
        )))  # fmt: skip
    found.sort(key=lambda each: each[:2])
    first = ContractEvent(
        of.signed, "signed", of.reference, of.number, of.terms.yearly_fen, evidence=of.evidence,
        may_go=not found,
    )  # fmt: skip
    return (first, *(event for _, _, event in found))


def entered(contract_id: int) -> int:
    """How many receipts and ends of a contract were ever entered, those taken back too."""
    return sum(
        each.objects.filter(contract_id=contract_id).count() for each in (ContractReceipt, ContractEnd)
    )


def year(organisation_id: int, of: int) -> YearIncome:
    """A collective's income of a year by source."""
    return _incomes(Q(organisation_id=organisation_id), of).get(organisation_id, YearIncome())


def years(organisation_id: int) -> list[int]:
    """Years with income, the latest first."""
    found: set[int] = set()
    for model in (ContractDue, CollectiveIncome, AssetDisposal, BondMove):
        rows = model.objects.current().filter(organisation_id=organisation_id)
        found.update(day.year for day in rows.dates("day", "year"))
    return sorted(found, reverse=True)


def lines(organisation_id: int, of: int) -> tuple[IncomeRow, ...]:
    """Every line of a year's income, in order of day."""
    inside = {"organisation_id": organisation_id, "day__gte": date(of, 1, 1), "day__lt": date(of + 1, 1, 1)}
    found = [
        IncomeRow(
            row.day, "contracting", row.fen, row.contract.payer.name, row.contract.asset.name, row.reference,
            number(row.contract), row.contract.evidence,
        )
        for row in ContractDue.objects.current()
        .filter(**inside)
        .select_related("contract__payer", "contract__asset")
    ]  # fmt: skip
    for row in CollectiveIncome.objects.current().filter(**inside):
        found.append(
            IncomeRow(
                row.day, row.source_of, row.fen, row.payer_name, row.note, row.reference, "", row.evidence
            )
        )
    which = Q(organisation_id=organisation_id)
    found += [
        IncomeRow(
            kept.day, "other", kept.fen, kept.party.name, kept.grounds, kept.reference,
            number(kept.contract) if kept.contract else "", kept.evidence, may_go=False,
        )
        for kept in _forfeited(which, of).select_related("party", "contract")
    ]  # fmt: skip
    found += [
        IncomeRow(
            end.day, "other", fen, "", end.asset.name, end.reference, "", end.evidence, may_go=False
        )
        for end, fen in _gains(which, of)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.day, each.reference)))


def _forfeited(which: Q, of: int) -> QuerySet:
    """Bonds held for a payer and forfeited in the year: other income (502)."""
    rows = BondMove.objects.current().filter(which, act="forfeited", lease=None)
    return rows.filter(day__gte=date(of, 1, 1), day__lt=date(of + 1, 1, 1))


def _gains(which: Q, of: int) -> list[tuple[AssetDisposal, int]]:
    """Assets given away in the year for more than they were still worth in the books, and by how much."""
    inside = which & Q(day__gte=date(of, 1, 1), day__lt=date(of + 1, 1, 1), proceeds_fen__gt=0)
    ends = list(AssetDisposal.objects.current().filter(inside).select_related("asset"))
    worn = charged([end.asset_id for end in ends])
    found = []
    for end in ends:
        left = end.asset.cost_fen - end.asset.taken_fen - worn.get(end.asset_id, 0)
        if end.proceeds_fen > left:
            found.append((end, end.proceeds_fen - left))
    return found


def _incomes(which: Q, of: int, by: str = "organisation_id") -> dict[int, YearIncome]:
    """Organisation id, or another column -> its income of the year."""
    inside = which & Q(day__gte=date(of, 1, 1), day__lt=date(of + 1, 1, 1))
    sums: dict[int, dict[str, int]] = {}
    dues = ContractDue.objects.current().filter(inside).values_list(by).annotate(Sum("fen")).order_by()
    for key, fen in dues:
        sums.setdefault(key, {})["contracting"] = int(fen)
    other = CollectiveIncome.objects.current().filter(inside)
    for key, source, fen in other.values_list(by, "source_of").annotate(Sum("fen")).order_by():
        of_key = sums.setdefault(key, {})
        of_key[source] = of_key.get(source, 0) + int(fen)
    kept = _forfeited(which, of).values_list(by).annotate(Sum("fen")).order_by()
    more = [(key, int(fen)) for key, fen in kept]
    gains = {end.pk: fen for end, fen in _gains(which, of)}
    for start in range(0, len(gains), SLICE):
        rows = AssetDisposal.objects.filter(pk__in=sorted(gains)[start : start + SLICE])
        more += [(key, gains[pk]) for pk, key in rows.values_list("pk", by)]
    for key, fen in more:
        of_key = sums.setdefault(key, {})
        of_key["other"] = of_key.get("other", 0) + fen
    return {key: YearIncome(found) for key, found in sums.items()}


def villages(
    path: str, of: int, day: date, *, after: str = "", limit: int = 100
) -> tuple[list[VillageIncome], str]:
    """Villages of an area with their collectives' income, in order of the tree; where the next begin."""
    found = list(_villages(path, day).filter(path__gt=after).order_by("path")[: limit + 1])
    shown = found[:limit]
    ids = [row.pk for row in shown]
    incomes = _incomes(Q(organisation__organisation__kind="collective", organisation__area_id__in=ids), of,
                       "organisation__area_id")  # fmt: skip
    counts: Mapping[int, int] = _counted(ids)
    rows = [
        VillageIncome(row.code, row.name, counts.get(row.pk, 0), incomes.get(row.pk, YearIncome()))
        for row in shown
    ]
    return rows, shown[-1].path if len(found) > limit else ""


def indicator(path: str, of: int, day: date, threshold_fen: int) -> Above:
    """M29 over an area: villages above the threshold under both definitions, of all its villages."""
    inside = Q(
        organisation__organisation__kind="collective",
        organisation__area__level="village",
        organisation__area__path__gte=path,
        organisation__area__path__lt=path + "~",
    )
    incomes = _incomes(inside, of, "organisation__area_id")
    return rules.above(incomes.values(), _villages(path, day).count(), threshold_fen)


def _villages(path: str, day: date) -> QuerySet:
    running = Q(valid_until__isnull=True) | Q(valid_until__gt=day)
    return Area.objects.filter(
        running, level="village", path__gte=path, path__lt=path + "~", valid_from__lte=day
    )


def _counted(area_ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    rows = Organisation.objects.filter(kind="collective", party__area_id__in=area_ids)
    for pk in rows.values_list("party__area_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found
