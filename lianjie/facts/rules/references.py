"""Codes that must stand elsewhere: parties, areas, agreements, accounts; and each of them once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from lianjie.base.area import NotAnAreaCode, area_code, level_of
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules import identity, sheets
from lianjie.facts.rules.draft import Draft, EnteredTwice, Line
from lianjie.facts.rules.known import KnownParty
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.schema import columns_of, plain


class UnknownParty(InWorkbook):
    what = N_("Nobody has the code “{code}”.")
    fix = N_("Add it to the sheet of households or people, or correct it{nearest}.")


class NotAHousehold(InWorkbook):
    what = N_("“{code}” ({name}) is not a household.")
    fix = N_("Write the code of a household.")


class NeitherHouseholdNorCollective(InWorkbook):
    what = N_("“{code}” ({name}) is neither a household nor a collective.")
    fix = N_("Write the code of the household; for land not contracted out, of the collective that owns it.")


class NotAPerson(InWorkbook):
    what = N_("“{code}” ({name}) is not a person.")
    fix = N_("Write the code of a person; add the person to the sheet of people first.")


class NotAnOrganisation(InWorkbook):
    what = N_("“{code}” ({name}) is not an organisation.")
    fix = N_("Write the code of an organisation.")


class UnknownArea(InWorkbook):
    what = N_("The area “{text}” is not known.")
    fix = N_("Add it to the sheet of areas with its 12-digit code, or correct it{nearest}.")


class AreaNameAmbiguous(InWorkbook):
    what = N_("Several areas are called “{text}”: {codes}.")
    fix = N_("Write the 12-digit code instead of the name.")


class AreaCodeWrong(InWorkbook):
    what = N_("“{text}” is not an area code.")
    fix = N_("Write the official 12 digits, as text; shorter codes end in zeros.")


class NotAVillage(InWorkbook):
    what = N_("{code} is not the code of a village.")
    fix = N_("Write the code of the village the household lives in.")


class CodeTaken(InWorkbook):
    what = N_("The code “{code}” already belongs to {name}.")
    fix = N_("Choose another code; if only the name was wrong, correct it on that party's page.")


class HouseholdInTwoVillages(InWorkbook):
    what = N_("“{code}” ({name}) stands in {village} and in {other}.")
    fix = N_("Keep one village; if the household moved, correct it on the household's page.")


class SamePersonTwice(InWorkbook):
    what = N_("The person with this identity number is already entered as “{other}”.")
    fix = N_("Use one code for one person.")


class IdNumberDiffers(InWorkbook):
    what = N_("“{code}” is registered with another identity number.")
    fix = N_("Compare with the card; correct it on the person's page.")


class MaskedNumberOfStranger(InWorkbook):
    what = N_("The identity number is masked with stars, and nobody is registered as “{code}”.")
    fix = N_("Write the whole number, or leave the cell empty.")


class UnknownAgreement(InWorkbook):
    what = N_("There is no agreement “{code}”.")
    fix = N_("Add it to the sheet of agreements, or correct it{nearest}.")


class AgreementOfAnother(InWorkbook):
    what = N_("The agreement “{code}” was made with {other}, not with {member}.")
    fix = N_("Correct the agreement or the member.")


class UnknownAccount(InWorkbook):
    what = N_("The account {code} is not in the chart of accounts.")
    fix = N_("Use a code of the chart{nearest}.")


def parties_of(draft: Draft) -> dict[str, KnownParty]:
    """Everybody the book may name: its own lines over the registry."""
    found = dict(draft.known.parties)
    for code, default in (("people", "person"), ("parties", ""), ("organisation", "")):
        for line in draft.of(code):
            own = line.get("code")
            if own:
                kind = line.get("kind") or default
                found[own] = KnownParty(own, line.get("name", ""), kind, line.get("village", ""))
    return found


def _villages(draft: Draft) -> Iterator[Refusal]:
    """Resolve every area: a code, or a name only one area has. The code takes the text's place."""
    yield from _area_codes(draft)
    names: dict[str, set[str]] = defaultdict(set)
    codes = dict(draft.known.areas)
    codes |= {line.get("code"): line.get("name", "") for line in draft.of("areas") if line.get("code")}
    for code, name in codes.items():
        names[plain(name)].add(code)
    for sheet in ("organisation", "parties", "people"):
        for line in draft.of(sheet):
            if line.get("village"):
                yield from _resolve(draft, line, codes, names)


def _area_codes(draft: Draft) -> Iterator[Refusal]:
    for line in draft.of("areas"):
        if line.get("code"):
            try:
                line.values["code"] = area_code(line.values["code"])
            except NotAnAreaCode:
                text = line.values.pop("code")
                yield AreaCodeWrong(line.place("code"), text=text)


def _resolve(
    draft: Draft, line: Line, codes: Mapping[str, str], names: Mapping[str, set[str]]
) -> Iterator[Refusal]:
    text, broken = line.values.pop("village"), line.broken
    code = text.ljust(12, "0") if text.isdigit() and len(text) in (2, 4, 6, 9, 12) else ""
    named = names.get(plain(text), set())
    line.broken = True  # until it is resolved: an area refused here is no area missing elsewhere
    if not code and len(named) > 1:
        yield AreaNameAmbiguous(line.place("village"), text=text, codes=", ".join(sorted(named)))
        return
    code = code or next(iter(named), "")
    if code not in codes:
        like = draft.like(text, [*codes, *codes.values()])
        yield UnknownArea(line.place("village"), text=text, nearest=like)
        return
    line.values["village"] = code
    line.broken = broken
    if line.sheet.code != "organisation" and _at_home(line) and level_of(code) != "village":
        yield NotAVillage(line.place("village"), code=code)


def _at_home(line: Line) -> bool:
    """Households and people live in a village; organisations may sit higher up."""
    return line.sheet.code == "people" or line.get("kind") == "household"


def _codes_once(draft: Draft) -> Iterator[Refusal]:
    """A code is one party, whichever sheet it stands on, and the one the registry knows by it."""
    seen: dict[str, Line] = {}
    for sheet in ("organisation", "parties", "people"):
        for line in draft.of(sheet)[: 1 if sheet == "organisation" else None]:
            code = line.get("code")
            if not code:
                continue
            if code in seen:
                yield _second(line, seen[code])
            else:
                seen[code] = line
                yield from _as_registered(draft, line)


def _second(line: Line, first: Line) -> Refusal:
    code, village, other = line.get("code"), line.get("village"), first.get("village")
    if line.sheet is first.sheet and village and other and village != other:
        return HouseholdInTwoVillages(
            line.place("village"),
            code=code,
            name=line.get("name", ""),
            village=village,
            other=f"{other} ({first.place().short})",
        )
    return EnteredTwice(line.place("code"), key=code, first=first.place().short)


def _as_registered(draft: Draft, line: Line) -> Iterator[Refusal]:
    known = draft.known.parties.get(line.get("code"))
    if known is None:
        return
    kind = "person" if line.sheet.code == "people" else line.get("kind")
    if (line.get("name") or known.name) != known.name or (kind or known.kind) != known.kind:
        yield CodeTaken(line.place("code"), code=known.code, name=known.name)
    elif line.get("village") and known.village and line.get("village") != known.village:
        yield HouseholdInTwoVillages(
            line.place("village"),
            code=known.code,
            name=known.name,
            village=line.get("village"),
            other=known.village,
        )


ORGANISATIONS = frozenset(
    {"coop", "joint_coop", "collective", "enterprise", "association", "branch", "committee", "public_body"}
)
WANTED: dict[tuple[str, str], tuple[frozenset[str], type[InWorkbook]]] = {
    ("people", "household"): (frozenset({"household"}), NotAHousehold),
    ("land", "household"): (frozenset({"household", "collective"}), NeitherHouseholdNorCollective),
    ("posts", "person"): (frozenset({"person"}), NotAPerson),
    ("members", "represented_by"): (frozenset({"person"}), NotAPerson),
    ("posts", "held_in"): (ORGANISATIONS, NotAnOrganisation),
    ("links", "giver"): (ORGANISATIONS, NotAnOrganisation),
    ("links", "taker"): (ORGANISATIONS, NotAnOrganisation),
}


def _parties(draft: Draft) -> Iterator[Refusal]:
    """Every code of a party belongs to somebody, of the kind the column is about."""
    everybody = parties_of(draft)
    for sheet, column in columns_of(sheets.SHEETS, {"party"}):
        for line in draft.of(sheet.code):
            code = line.get(column.code)
            if not code:
                continue
            party = everybody.get(code)
            if party is None:
                hint = draft.like(code, everybody)
                yield UnknownParty(line.place(column.code), code=code, nearest=hint)
                continue
            wanted = WANTED.get((sheet.code, column.code))
            if wanted and party.kind and party.kind not in wanted[0]:
                yield wanted[1](line.place(column.code), code=code, name=party.name)


def _numbers(draft: Draft) -> Iterator[Refusal]:
    """One identity number, one person. A masked number of ours stands for the one registered."""
    seen: dict[str, str] = {}
    known = draft.known
    for line in draft.of("people"):
        number, code = line.get("id_number"), line.get("code")
        if not number or not code:
            continue
        if identity.is_masked(number):
            line.values["id_number"] = ""
            if code not in known.parties:
                yield MaskedNumberOfStranger(line.place("id_number"), code=code)
            continue
        key = known.index(number)
        other = seen.get(key) or known.people.get(key)
        if other and other != code:
            yield SamePersonTwice(line.place("id_number"), other=other)
        elif known.numbered.get(code, key) != key:
            yield IdNumberDiffers(line.place("id_number"), code=code)
        seen.setdefault(key, code)


def _agreements(draft: Draft) -> Iterator[Refusal]:
    made: dict[str, Any] = dict(draft.known.agreements)
    made |= {line.get("code"): line.get("member") for line in draft.of("agreements") if line.get("code")}
    for line in draft.of("contributions"):
        code, member = line.get("agreement"), line.get("member")
        if not code:
            continue
        if code not in made:
            hint = draft.like(code, made)
            yield UnknownAgreement(line.place("agreement"), code=code, nearest=hint)
        elif member and made[code] and made[code] != member:
            yield AgreementOfAnother(line.place("agreement"), code=code, other=made[code], member=member)


def _accounts(draft: Draft) -> Iterator[Refusal]:
    chart = draft.known.accounts
    if not chart:
        return
    for line in draft.of("balances"):
        code = line.get("account")
        if code and code not in chart and code.split(".")[0] not in chart:
            yield UnknownAccount(line.place("account"), code=code, nearest=draft.like(code, chart))


CHECKS = (_villages, _codes_once, _parties, _numbers, _agreements, _accounts)
