"""Areas, households, people and organisations a book brings in. The registry is shared by all books:
who is known stays as registered; what the book adds is kept, what it changes leaves a trace.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection, models
from pypinyin import lazy_pinyin

from lianjie.base.area import level_of
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import sealing
from lianjie.facts.actions.details import phones_where_none
from lianjie.facts.actions.store import Entry
from lianjie.facts.models import Area, Correction, Household, Organisation, Party, Person
from lianjie.facts.queries.parties import SLICE, ids_by_code
from lianjie.facts.rules.book import AreaRow, Book, OrganisationRow, PartyRow, PersonRow, Row

BATCH = 1000
SINCE = date(1949, 10, 1)
"""From when an area counts as valid when nobody said."""


class AreaNotRegistered(Refusal):
    what = N_("The area {code} is not registered.")
    fix = N_("Import the list of areas, or add the area to the sheet of areas.")


class PartyNotRegistered(Refusal):
    what = N_("Nobody is registered as “{code}”.")
    fix = N_("Add the household, person or organisation first, or correct the code.")


class RegisteredOtherwise(Refusal):
    what = N_("“{code}” is registered as {name} in {village}.")
    fix = N_("Use another code, or correct the registered name or village first.")


def sort_key(name: str) -> str:
    """Pinyin of a name, a space between syllables: for lists in order and search by first letters."""
    return " ".join(lazy_pinyin(name)).lower()[:200]


def add_areas(rows: Iterable[AreaRow], valid_from: date = SINCE) -> int:
    """Register areas nobody has yet, each under the nearest area above it. Known codes are passed over.

    returns  how many were new
    """
    wanted = {row.code: row.name for row in rows}
    known = area_ids(wanted)
    fresh = sorted((code for code in wanted if code not in known), key=lambda code: (_depth(code), code))
    above = area_paths({parent for code in fresh for parent in _ancestors(code)})
    # One level at a time: a parent's path is needed before its children's.
    for _, codes in groupby(fresh, key=_depth):
        level = [_area(code, wanted[code], above, valid_from) for code in codes]
        for row in Area.objects.bulk_create(level, batch_size=BATCH):
            row.path = f"{above[_nearest(row.code, above)][1] if row.parent_id else ''}{row.pk:x}/"
            above[row.code] = (row.pk, row.path)
        _write_paths((row.path, row.parent_id, row.pk) for row in level)
    _adopt(set(fresh), above)
    return len(fresh)


LEVELS = ("province", "prefecture", "county", "township", "village")


def _depth(code: str) -> int:
    return LEVELS.index(level_of(code))


def _ancestors(code: str) -> tuple[str, ...]:
    """Codes that may stand above, nearest first. Only a first guess: paths, not digits, hold the tree."""
    return tuple(code[:digits].ljust(12, "0") for digits in (9, 6, 4, 2) if code[digits:].strip("0"))


def _nearest(code: str, above: Collection[str]) -> str:
    return next((parent for parent in _ancestors(code) if parent in above), "")


def _area(code: str, name: str, above: Mapping[str, tuple[int, str]], valid_from: date) -> Area:
    parent = above.get(_nearest(code, above))
    # The path holds the row's own id, which is not known yet; the code keeps it unique until then.
    return Area(
        code=code,
        name=name,
        level=level_of(code),
        parent_id=parent[0] if parent else None,
        path=f"new/{code}",
        valid_from=valid_from,
    )


def _write_paths(rows: Iterable[tuple[str, int | None, int]]) -> None:
    """(path, parent, id) in one statement for all; the ORM's bulk update is fifty times slower here."""
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE facts_area SET path = %s, parent_id = %s WHERE id = %s", list(rows))


def _adopt(fresh: set[str], above: Mapping[str, tuple[int, str]]) -> None:
    """Areas that came before the area above them move under it, with all below."""
    parents = {code for code in fresh if level_of(code) != "village"}
    if not parents:
        return
    for pk, code, stands in list(Area.objects.values_list("pk", "code", "parent__code")):
        nearest = _nearest(code, parents)
        if code in fresh or not nearest or _depth(nearest) <= (_depth(stands) if stands else -1):
            continue
        _move(Area.objects.get(pk=pk), *above[nearest])


def _move(area: Area, parent_id: int, parent_path: str) -> None:
    old, new = area.path, f"{parent_path}{area.pk:x}/"
    below = Area.objects.filter(path__gte=old, path__lt=old + "~").values_list("path", "parent_id", "pk")
    _write_paths(
        [(new + path[len(old) :], parent_id if pk == area.pk else parent, pk) for path, parent, pk in below]
    )


def area_ids(codes: Iterable[str]) -> dict[str, int]:
    """Code -> id of the areas in force."""
    return {code: pk for code, (pk, _) in area_paths(codes).items()}


def area_paths(codes: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Code -> (id, path) of the areas in force."""
    wanted = sorted(set(codes))
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), SLICE):
        rows = Area.objects.filter(code__in=wanted[start : start + SLICE], valid_until__isnull=True)
        found |= {code: (pk, path) for code, pk, path in rows.values_list("code", "pk", "path")}
    return found


def organisation(row: OrganisationRow) -> int:
    """The id of the organisation whose book it is, registered when it is new, locked when it is not."""
    found = Party.objects.select_for_update().filter(code=row.code).select_related("area").first()
    if found is not None:
        if found.kind != "organisation" or found.name != row.name:
            raise RegisteredOtherwise(code=row.code, name=found.name, village=found.area.name)
        return found.pk
    areas = area_ids([row.village])
    if row.village not in areas:
        raise AreaNotRegistered(code=row.village)
    party = Party.objects.create(
        code=row.code,
        kind="organisation",
        name=row.name,
        sort_key=sort_key(row.name),
        area_id=areas[row.village],
        invented=row.invented,
    )
    Organisation.objects.create(
        party=party, kind=row.kind, credit_code=row.credit_code, founded_day=row.founded_day
    )
    return party.pk


def parties(book: Book, entry: Entry) -> int:
    """Register everybody new in the book; returns how many. Who is known is held against the book."""
    homes = {row.code: row.village for row in book.parties}
    rows: list[PartyRow | PersonRow] = [*book.parties, *book.people]
    ids = ids_by_code({row.code for row in rows} | {row.household for row in book.people if row.household})
    fresh = [row for row in rows if row.code not in ids]
    villages = {row.code: row.village or homes.get(getattr(row, "household", ""), "") for row in fresh}
    areas = area_ids(v for v in villages.values() if v)
    areas_of_homes = _areas_of(book, ids)
    new = [
        _party(row, villages[row.code], areas, areas_of_homes, book.organisation.invented) for row in fresh
    ]
    made = {p.code: p.pk for p in Party.objects.bulk_create(new, batch_size=BATCH)}
    _details(fresh, made)
    everybody = {**ids, **made}
    phones = {everybody[row.code]: row.phone for row in book.people if row.phone}
    phones_where_none(phones, at=entry.at, by=entry.by)
    ids[book.organisation.code] = entry.organisation_id
    _changes([book.organisation, *(row for row in rows if row.code not in made)], ids, entry)
    return len(fresh)


def _areas_of(book: Book, ids: Mapping[str, int]) -> dict[str, int]:
    """Area ids of households already registered, for people who come to live in them."""
    codes = {row.household for row in book.people if row.household in ids}
    return dict(
        pair
        for some in _sliced(sorted(codes))
        for pair in Party.objects.filter(code__in=some).values_list("code", "area_id")
    )


def _sliced(codes: list[str]) -> Iterable[list[str]]:
    return (codes[start : start + SLICE] for start in range(0, len(codes), SLICE))


def _party(
    row: PartyRow | PersonRow,
    village: str,
    areas: Mapping[str, int],
    of_homes: Mapping[str, int],
    invented: bool,
) -> Party:
    area = areas.get(village) or of_homes.get(getattr(row, "household", ""))
    if area is None:
        raise AreaNotRegistered(code=village or row.code)
    return Party(
        code=row.code,
        kind=_kind(row),
        name=row.name,
        sort_key=sort_key(row.name),
        area_id=area,
        invented=invented,
    )


def _kind(row: PartyRow | PersonRow) -> str:
    if isinstance(row, PersonRow):
        return "person"
    return "household" if row.kind == "household" else "organisation"


def _details(fresh: Iterable[PartyRow | PersonRow], ids: Mapping[str, int]) -> None:
    """The second row of every new party: household, person or organisation."""
    made: dict[type[models.Model], list[Any]] = {Household: [], Person: [], Organisation: []}
    for row in fresh:
        pk = ids[row.code]
        if isinstance(row, PersonRow):
            made[Person].append(Person(party_id=pk, birth_day=row.birth_day, **_sealed(row.id_number, pk)))
        elif row.kind == "household":
            made[Household].append(
                Household(party_id=pk, national_number=row.national_number, village_group=row.village_group)
            )
        else:
            made[Organisation].append(Organisation(party_id=pk, kind=row.kind, credit_code=row.credit_code))
    for model, rows in made.items():
        model._default_manager.bulk_create(rows, batch_size=BATCH)


def _sealed(number: str, pk: int) -> dict[str, Any]:
    if not number:
        return {}
    sealed = sealing.seal(number, sealing.person_row(pk))
    return {"id_number_sealed": sealed, "id_number_index": sealing.index(number)}


CHANGING = {
    Household: ("village_group", "national_number"),
    Organisation: ("credit_code", "founded_day"),
    Person: ("birth_day",),
}


def _changes(rows: Iterable[Row], ids: Mapping[str, int], entry: Entry) -> None:
    """What the book says differently of those registered: kept, with a trace of what it was."""
    by_id = {ids[row.code]: row for row in rows}  # type: ignore[attr-defined]
    pks = sorted(by_id)
    for model, fields in CHANGING.items():
        for start in range(0, len(pks), SLICE):
            found = model._default_manager.filter(pk__in=pks[start : start + SLICE])
            for detail in found:
                _change(detail, by_id[detail.pk], fields, entry)


def _change(detail: Any, row: Row, fields: Iterable[str], entry: Entry) -> None:
    changed = []
    for name in fields:
        wanted, stands = getattr(row, name, None), getattr(detail, name)
        if wanted and wanted != stands:
            setattr(detail, name, wanted)
            changed.append(name)
            _trace(detail.pk, name, str(stands or ""), str(wanted), entry)
    number = getattr(row, "id_number", "")
    if number and not detail.id_number_index:
        for name, value in _sealed(number, detail.pk).items():
            setattr(detail, name, value)
            changed.append(name)
        _trace(detail.pk, "id_number", "", "entered", entry)
    if changed:
        detail.save(update_fields=changed)


def _trace(party_id: int, field: str, before: str, after: str, entry: Entry) -> None:
    Correction.objects.create(
        party_id=party_id,
        field=field,
        before=before[:300],
        after=after[:300],
        reason=entry.source.name[:300],
        recorded_at=entry.at,
        recorded_by_id=entry.by,
    )


def known_parties(codes: Iterable[str]) -> dict[str, tuple[int, int, str]]:
    """Code -> (id, id of its area, kind). Refuses with PartyNotRegistered when somebody is not there."""
    wanted = sorted(set(codes))
    found: dict[str, tuple[int, int, str]] = {}
    for some in _sliced(wanted):
        rows = Party.objects.filter(code__in=some).values_list("code", "pk", "area_id", "kind")
        found |= {code: (pk, area, kind) for code, pk, area, kind in rows}
    for code in wanted:
        if code not in found:
            raise PartyNotRegistered(code=code)
    return found
