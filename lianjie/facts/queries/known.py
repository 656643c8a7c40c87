"""What the registry knows about the codes, names and identity numbers a raw book mentions."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from lianjie.facts import sealing
from lianjie.facts.models import Area, Contribution, Membership, Party, Person, ShareAgreement
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.rents import handed_back
from lianjie.facts.rules import identity
from lianjie.facts.rules.cells import shown
from lianjie.facts.rules.known import Known, KnownParty
from lianjie.facts.rules.raw import RawBook
from lianjie.facts.rules.schema import columns_of, tidy
from lianjie.facts.rules.sheets import SHEETS

NAMED = {"party", "code"}


def known(raw: RawBook, accounts: Mapping[str, str] | None = None) -> Known:
    """What `check` may lean on for this book.

    accounts  code -> name of the chart the organisation keeps, to judge the trial balance by
    """
    own = next(iter(_texts(raw, {"code"}, ("organisation",))), "")
    organisation = Party.objects.filter(code=own, kind="organisation").values_list("pk", flat=True).first()
    parties = _parties(_texts(raw, NAMED))
    people, numbered = _people(raw, parties)
    return Known(
        parties=parties,
        areas=_areas(_texts(raw, {"area"})),
        agreements=_agreements(organisation),
        receipts=_receipts(organisation),
        handed_back=handed_back(organisation) if organisation else {},
        members=_members(organisation),
        accounts=accounts or {},
        index=sealing.index,
        people=people,
        numbered=numbered,
    )


def _texts(raw: RawBook, kinds: set[str], only: Collection[str] = ()) -> set[str]:
    """Every text in columns of some kinds."""
    return {
        tidy(shown(cell))
        for sheet, column in columns_of(SHEETS, kinds)
        if sheet.code in raw.sheets and (not only or sheet.code in only)
        for cell in raw.sheets[sheet.code].values(column.code)
    }


def _slices(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), SLICE):
        yield ordered[start : start + SLICE]


def _parties(codes: set[str]) -> dict[str, KnownParty]:
    found = {}
    for some in _slices(codes):
        rows = Party.objects.filter(code__in=some)
        for code, name, kind, sub, area in rows.values_list(
            "code", "name", "kind", "organisation__kind", "area__code"
        ):
            found[code] = KnownParty(code, name, sub or kind, area)
    return found


def _areas(texts: set[str]) -> dict[str, str]:
    """Areas in force, by code or by name."""
    found: dict[str, str] = {}
    padded = {text.ljust(12, "0") for text in texts if text.isdigit()}
    for field, values in (("code__in", padded), ("name__in", texts)):
        for some in _slices(values):
            rows: Any = Area.objects.filter(valid_until__isnull=True, **{field: some})
            found.update(rows.values_list("code", "name"))
    return found


def _agreements(organisation: int | None) -> dict[str, str]:
    rows = ShareAgreement.objects.current().filter(organisation=organisation)
    return {key.split("~")[0]: member for key, member in rows.values_list("key", "member__code")}


def _receipts(organisation: int | None) -> dict[str, date]:
    rows = Contribution.objects.current().filter(organisation=organisation)
    return {key.split("~")[0]: day for key, day in rows.values_list("key", "day")}


def _members(organisation: int | None) -> frozenset[str]:
    rows = Membership.objects.current().filter(organisation=organisation)
    return frozenset(rows.values_list("member__code", flat=True))


def _people(raw: RawBook, parties: Mapping[str, KnownParty]) -> tuple[dict[str, str], dict[str, str]]:
    """Keyed index -> code for the numbers in the book; code -> keyed index for the people in it."""
    numbers = {identity.compact(text) for text in _texts(raw, {"id_number"})}
    # While keys turn a number may be registered under an older key's index; the newest key's is compared.
    newest: dict[str, str] = {}
    for number in numbers:
        if not identity.is_masked(number):
            first, *older = sealing.indexes(number)
            newest |= dict.fromkeys((first, *older), first)
    by_index: dict[str, str] = {}
    for some in _slices(newest):
        rows = Person.objects.filter(id_number_index__in=some)
        by_index |= {newest[key]: code for key, code in rows.values_list("id_number_index", "party__code")}
    by_code: dict[str, str] = {}
    for some in _slices([code for code, party in parties.items() if party.kind == "person"]):
        rows = Person.objects.filter(party__code__in=some).exclude(id_number_index="")
        by_code |= {
            code: newest.get(key, key) for code, key in rows.values_list("party__code", "id_number_index")
        }
    return by_index, by_code
