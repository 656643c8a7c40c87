"""Users and what they may do; organisations entered on a page; lists of areas."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import transaction

from lianjie.base.area import NotAnAreaCode, area_code
from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.actions import registry
from lianjie.facts.actions.audit import note
from lianjie.facts.actions.registry import AreaNotRegistered, PartyNotRegistered
from lianjie.facts.models import Assignment
from lianjie.facts.queries.parties import ids_by_code
from lianjie.facts.rules.book import AreaRow, OrganisationRow


class RoleUnknown(Refusal):
    what = N_("There is no role “{role}”.")
    fix = N_("Choose one of: {roles}.")


class RoleWithoutScope(Refusal):
    what = N_("A role is for an organisation or for an area.")
    fix = N_("Name one of them.")


class AreaListUnreadable(Refusal):
    what = N_("{file}: the first line must hold the columns code and name.")
    fix = N_("Save the list as CSV in UTF-8, with the captions code,name in the first line.")


class AreaLineWrong(Refusal):
    what = N_("{file}, line {line}: “{code}” with the name “{name}” is not an area.")
    fix = N_("Give the official 12-digit code and a name.")


@transaction.atomic
def assign(
    user_id: int,
    role: str,
    *,
    organisation: str | None = None,
    area: str | None = None,
    party: str | None = None,
    start_day: date,
    until_day: date | None = None,
) -> int:
    """Give a user a role from a day, for an organisation or an area and all below it (codes).

    party  the member's own household or person, for the role "member"

    Giving the same role twice gives it once. Refuses with RoleUnknown, RoleWithoutScope,
    PartyNotRegistered or AreaNotRegistered.
    """
    roles = [value for value, _ in Assignment.ROLES]
    if role not in roles:
        raise RoleUnknown(role=role, roles=", ".join(roles))
    if not organisation and not area:
        raise RoleWithoutScope
    row, new = Assignment.objects.get_or_create(
        user_id=user_id,
        role=role,
        organisation_id=_party(organisation),
        area_id=_area(area),
        party_id=_party(party),
        until_day=until_day,
        defaults={"start_day": start_day},
    )
    if new:
        note(
            "assign",
            subject=f"user:{row.user.get_username()}",
            organisation_id=row.organisation_id,
            after=told(row),
        )
    return row.pk


def told(row: Assignment) -> dict[str, str]:
    """A role as an act keeps it."""
    return {
        "role": row.role,
        "area": row.area.code if row.area else "",
        "party": row.party.code if row.party else "",
        "from": str(row.start_day),
        "until": str(row.until_day or ""),
    }


def _party(code: str | None) -> int | None:
    if not code:
        return None
    found = ids_by_code([code])
    if code not in found:
        raise PartyNotRegistered(code=code)
    return found[code]


def _area(code: str | None) -> int | None:
    if not code:
        return None
    full = area_code(code)
    found = registry.area_ids([full])
    if full not in found:
        raise AreaNotRegistered(code=full)
    return found[full]


@transaction.atomic
def register_organisation(
    *,
    code: str,
    name: str,
    kind: str,
    area: str,
    credit_code: str = "",
    founded_day: date | None = None,
    invented: bool = False,
) -> int:
    """Register an organisation in an area; returns its id. Registering it again returns the same one.

    Refuses with RegisteredOtherwise when the code is somebody else's, or AreaNotRegistered.
    """
    row = OrganisationRow(code, name, kind, area_code(area), 0, credit_code, founded_day, invented)
    return registry.organisation(row)


@transaction.atomic
def import_areas(path: Path, valid_from: date = registry.SINCE) -> int:
    """Import a CSV of areas with the columns code and name; returns how many were new.

    Codes have 12 digits; shorter ones are padded. Lines may come in any order, and known codes are
    passed over. Refuses with every line that is wrong; nothing is then imported.
    """
    rows, problems = [], []
    for line, code, name in _area_lines(Path(path)):
        try:
            rows.append(AreaRow(area_code(code), name))
            if not name:
                raise NotAnAreaCode(code=code)
        except NotAnAreaCode:
            problems.append(AreaLineWrong(file=Path(path).name, line=line, code=code, name=name))
    if problems:
        raise Refusals(problems)
    return registry.add_areas(rows, valid_from)


def _area_lines(path: Path) -> Iterator[tuple[int, str, str]]:
    """Number, code and name of every line; lines that begin with # are notes."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AreaListUnreadable(file=path.name) from None
    kept = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    reader = csv.DictReader(line for _, line in kept)
    if not {"code", "name"} <= set(reader.fieldnames or ()):
        raise AreaListUnreadable(file=path.name)
    for (number, _), row in zip(kept[1:], reader, strict=False):
        yield number, (row["code"] or "").strip(), (row["name"] or "").strip()
