"""One fact with its history, and as the row of the workbook it could have been read from."""

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from lianjie.facts.models import (
    AccountBalance,
    AnnouncedFigure,
    Contribution,
    Delivery,
    Fact,
    Lease,
    Membership,
    OrganisationLink,
    Parcel,
    Party,
    Post,
    ShareAgreement,
    Tally,
    YearFigure,
)
from lianjie.facts.queries.names import user_name
from lianjie.facts.rules import writing
from lianjie.facts.rules.schema import Column, Sheet
from lianjie.facts.rules.sheets import BY_CODE

SHEETS: dict[type[Fact], str] = {
    Membership: "members",
    ShareAgreement: "agreements",
    Contribution: "contributions",
    Parcel: "land",
    Lease: "land",
    Delivery: "deliveries",
    Tally: "tallies",
    Post: "posts",
    OrganisationLink: "links",
    YearFigure: "figures",
    AccountBalance: "balances",
    AnnouncedFigure: "announced",
}
"""The sheet that says each kind of fact."""

TABLES = {model._meta.model_name or "": model for model in SHEETS}


@dataclass(frozen=True)
class Version:
    """One version of a fact: when, by whom, from what, and why it was taken back or corrected."""

    reference: str
    recorded_at: datetime
    recorded_by: str
    source: str
    source_kind: str
    place: str
    reason: str
    withdrawn: bool
    cells: dict[str, str]


@dataclass(frozen=True)
class FactDetail:
    """A fact. `cells` are texts by column of `sheet`, choices by their value: what a form begins with.

    year      of the fact's day
    standing  False when it was withdrawn, or corrected by a later version
    versions  the earliest first; the last is how it stands
    """

    reference: str
    kind: str
    sheet: Sheet
    year: int
    standing: bool
    cells: dict[str, str]
    versions: tuple[Version, ...]

    @property
    def name(self) -> str:
        """Its name in its table, the same in all its versions."""
        return self.reference.partition(":")[2].partition("~")[0]


def fact(organisation_id: int, reference: str) -> FactDetail | None:
    """The fact a reference names ("delivery:2025-0017"), in one organisation's books, or None."""
    name, _, key = reference.partition(":")
    model = TABLES.get(name)
    if model is None or not key:
        return None
    row = model.objects.filter(organisation_id=organisation_id, key=key).first()
    if row is None:
        return None
    sheet = BY_CODE[SHEETS[model]]
    versions = tuple(_version(each, sheet) for each in _chain(row))
    last = versions[-1]
    standing = last.reference == row.reference and not last.withdrawn
    return FactDetail(row.reference, name, sheet, row.day.year, standing, _cells(row, sheet), versions)


def party_of(organisation_id: int, reference: str) -> int | None:
    """Id of the household or member a fact is about, or None."""
    name, _, key = reference.partition(":")
    model = TABLES.get(name)
    row = model and model.objects.filter(organisation_id=organisation_id, key=key).first()
    for column in ("member_id", "household_id", "lessor_id", "party_id", "person_id"):
        if row is not None and hasattr(row, column):
            return int(getattr(row, column))
    return None


def codes_here(organisation_id: int, kinds: tuple[str, ...] = (), limit: int = 400) -> list[tuple[str, str]]:
    """Code and name of parties of this organisation, to choose from while typing."""
    members = Membership.objects.current().filter(organisation_id=organisation_id).values("member_id")
    lessors = Lease.objects.current().filter(organisation_id=organisation_id).values("lessor_id")
    people = Post.objects.current().filter(organisation_id=organisation_id).values("person_id")
    found = Party.objects.filter(pk__in=members.union(lessors, people))
    if kinds:
        found = found.filter(kind__in=kinds)
    return list(found.order_by("sort_key", "pk").values_list("code", "name")[:limit])


def _chain(row: Any) -> list[Any]:
    """Every version from the first to the last."""
    base = row.key.partition("~")[0]
    rows = type(row).objects.filter(organisation_id=row.organisation_id, key__startswith=base)
    kept = [r for r in rows.select_related("source", "recorded_by") if r.key.partition("~")[0] == base]
    return sorted(kept, key=lambda each: int(each.key.partition("~")[2] or 1))


def _version(row: Any, sheet: Sheet) -> Version:
    by = row.recorded_by
    return Version(
        row.reference,
        row.recorded_at,
        user_name(by),
        row.source.name,
        row.source.kind,
        row.place,
        row.reason,
        row.withdrawn,
        _cells(row, sheet),
    )


def _cells(row: Any, sheet: Sheet) -> dict[str, str]:
    values = _land(row) if sheet.code == "land" else {}
    kept = SimpleNamespace(**{c.code: _value(row, c, values) for c in sheet.columns})
    return {column.code: _text(column, kept) for column in sheet.columns}


def _value(row: Any, column: Column, values: dict[str, Any]) -> Any:
    if values:
        return values[column.code]
    if column.code in ("code", "receipt") and not hasattr(row, column.code):
        return row.key.partition("~")[0]
    value = getattr(row, column.code)
    if isinstance(value, ShareAgreement):
        return value.key.partition("~")[0]
    return value.code if isinstance(value, Party) else value


def _land(row: Parcel | Lease) -> dict[str, Any]:
    """A parcel, with the lease when the fact is one."""
    parcel = row.parcel if isinstance(row, Lease) else row
    lease = row if isinstance(row, Lease) else None
    return {
        "parcel": parcel.code,
        "household": (lease.lessor if lease else parcel.household).code,
        "day": parcel.day,
        "contract_extent_mu4": parcel.contract_extent_mu4,
        "name": parcel.name,
        "measured_extent_mu4": parcel.measured_extent_mu4,
        "land_type": parcel.land_type,
        "grade": parcel.grade,
        "contract_until_day": parcel.contract_until_day,
        "lease_day": lease.day if lease else None,
        "lease_until_day": lease.until_day if lease else None,
        "extent_basis": lease.extent_basis if lease else "",
        "rent_fen_per_mu": lease.rent_fen_per_mu if lease else None,
        "due": f"{lease.due_month:02}-{lease.due_day_of_month:02}" if lease else "",
        "form": lease.form if lease else "",
        "evidence": (lease or parcel).evidence,
    }


def _text(column: Column, kept: SimpleNamespace) -> str:
    """A cell as a form field holds it: choices by value, days in ISO form."""
    value = getattr(kept, column.code)
    if column.kind in ("choice", "unit"):
        return value or ""
    if column.kind == "yes_no":
        return "yes" if value else "no"
    shown = writing.cell(column, kept, "en")
    return "" if shown is None else shown.isoformat() if hasattr(shown, "isoformat") else f"{shown}"
