"""A file of registers brought in: every row checked, all of it entered, or nothing and every reason.

A row that stands already is passed over without asking its verb, so the same file again changes nothing.
The others are entered in the order of their days, as many at once as follow each other on one sheet. A row
that is refused is tried once more after the rest: it may rest on a row that comes later in the file. When
one is refused for good, nothing is kept.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_, Say, english
from lianjie.facts.actions.store import RowsRefused
from lianjie.facts.models import Membership, Party
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.registers.register import Desk, Ready, Register, Values, filled, key_of
from lianjie.facts.rules import checking
from lianjie.facts.rules.draft import EnteredTwice, Line
from lianjie.facts.rules.raw import InWorkbook, Place, RawBook
from lianjie.facts.rules.schema import tidy

MOST_ROWS = 50_000
"""Rows of one sheet."""
TOGETHER = 5_000
"""Rows handed to a verb at once: it asks but once what stands. Between two such steps the import is told of
and may be stopped."""


class NothingInFile(Refusal):
    what = N_("The file holds no row of a register.")
    fix = N_("Fill in at least one row below the captions of a sheet.")


class TooManyInFile(Refusal):
    what = N_("A sheet of the file has {rows} rows; at most {most} are entered at a time.")
    fix = N_("Put the rest into a second file; rows entered before are passed over.")


class RowRefused(InWorkbook):
    """What a verb refused, said of the row it was called for."""

    def __init__(self, place: Place, refusal: Refusal) -> None:
        super().__init__(place, **refusal.details)
        self.refusal = refusal

    @property
    def code(self) -> str:
        return self.refusal.code

    @property
    def told(self) -> Refusal:
        inner = self.refusal
        return inner.told if isinstance(inner, InWorkbook) else inner

    def reason(self, say: Say = english) -> str:
        inner = self.refusal
        return inner.reason(say) if isinstance(inner, InWorkbook) else inner.say(say)

    def say(self, say: Say = english) -> str:
        return f"{self.place.say(say)} {self.reason(say)}".strip()


class RestsOnRefused(InWorkbook):
    what = N_("The row rests on “{key}”, and that row is refused.")
    fix = N_("Mend row {row} of sheet “{sheet}” first.")


class NameNotUnique(InWorkbook):
    what = N_("“{name}” is the name of several here: {codes}.")
    fix = N_("Write the code.")


class RightMissing(InWorkbook):
    what = N_("You may not enter the new rows of this sheet.")
    fix = N_("Ask somebody who may to bring them in, or take them out.")


@dataclass(frozen=True)
class Counts:
    """Rows of one sheet: new, corrected, and standing already."""

    new: int = 0
    corrected: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Brought:
    """What became of a file, by the code of its registers."""

    by_register: Mapping[str, Counts]

    def _sum(self, name: str) -> int:
        return sum(getattr(each, name) for each in self.by_register.values())

    @property
    def new(self) -> int:
        return self._sum("new")

    @property
    def corrected(self) -> int:
        return self._sum("corrected")

    @property
    def unchanged(self) -> int:
        return self._sum("unchanged")


@dataclass(frozen=True)
class Row:
    """One row to enter."""

    register: Register
    line: Line
    values: Values
    rank: int


@dataclass
class File:
    """A file while it is checked.

    order    by which its problems are listed
    ready    rows that were checked beforehand, and only have to be written
    refused  text by which other rows name a refused row -> where it is
    """

    order: Callable[[Refusal], tuple[int, int]]
    rows: list[Row] = field(default_factory=list)
    ready: list[tuple[list[Row], Ready]] = field(default_factory=list)
    problems: list[Refusal] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Place] = field(default_factory=dict)


def rows_of(raw: RawBook) -> dict[str, int]:
    """How many rows each sheet has. Refuses with NothingInFile or TooManyInFile."""
    counts = {code: len(sheet.rows) for code, sheet in raw.sheets.items() if sheet.rows}
    if not counts:
        raise NothingInFile
    if max(counts.values()) > MOST_ROWS:
        raise TooManyInFile(rows=max(counts.values()), most=MOST_ROWS)
    return counts


@transaction.atomic
def bring(raw: RawBook, registers: Mapping[str, Register], desk: Desk, rights: Collection[str]) -> Brought:
    """Enter a whole file of registers, or nothing.

    raw     read with the sheets of `registers`
    rights  what whoever brings it may do

    Refuses with Refusals naming every sheet, row and, where it is known, column, and what to do there.
    """
    return enter(compare(raw, registers, desk, rights), desk)


def compare(raw: RawBook, registers: Mapping[str, Register], desk: Desk, rights: Collection[str]) -> File:
    """Read every row, look up whom it names and whether it stands already. Writes nothing.

    Refuses with NothingInFile or TooManyInFile; what is wrong with rows comes with those `enter` finds.
    """
    rows_of(raw)
    file = File(_order(raw))
    for rank, register in enumerate(registers.values()):
        if register.code in raw.sheets:
            _read(file, raw, register, rank, desk)
    for code in {row.register.code for row in file.rows if row.register.right not in rights}:
        file.problems.append(RightMissing(raw.sheets[code].place()))
    file.rows = [row for row in file.rows if row.register.right in rights]
    for register in registers.values():
        if register.ready is not None:
            _make_ready(file, register, register.ready, desk)
    return file


def _make_ready(
    file: File, register: Register, ready: Callable[[Sequence[Values], Desk], Ready], desk: Desk
) -> None:
    """Those of a register's rows that can be entered as the books stand; others may rest on rows of the file
    and stay with the rest."""
    rows = [row for row in file.rows if row.register is register]
    while rows:
        desk.places = [row.line.place().short for row in rows]
        try:
            made = ready([row.values for row in rows], desk)
        except RowsRefused as some:
            rows = [row for number, row in enumerate(rows) if number not in some.at]
        except Refusal:
            return
        else:
            file.ready.append((rows, made))
            apart = set(map(id, rows))
            file.rows = [row for row in file.rows if id(row) not in apart]
            return


def enter(file: File, desk: Desk, heard: Callable[[int, int], None] = lambda done, total: None) -> Brought:
    """Enter a file that was compared, in the caller's transaction, which must not outlive a refusal.

    heard   told again and again how many rows of how many are entered; may raise to stop

    A savepoint around a whole file would make SQLite slower with every row, so none is taken here.
    Refuses as `bring` does.
    """
    _enter(file, desk, heard)
    if file.problems:
        raise Refusals(sorted(file.problems, key=file.order))
    return _counted(file, desk)


def _read(file: File, raw: RawBook, register: Register, rank: int, desk: Desk) -> None:
    """The rows of one sheet: read, looked up, compared with what stands."""
    of = register.sheet
    lines = checking.lines(of, raw.sheets[of.code], file.problems)
    _codes_for_names(lines, desk.entry.organisation_id, file.problems)
    file.total[of.code] = len(lines)
    stands = {
        key_of(of, values): values
        for values in map(_comparable(register), register.rows(desk.entry.organisation_id))
    }
    seen: dict[tuple[Any, ...], Row] = {}
    for line in lines:
        if line.broken:
            _remember(file, line)
            continue
        values = filled(of, line.values)
        key = key_of(of, values)
        first = seen.get(key)
        row = seen.setdefault(key, Row(register, line, values, rank))
        if first is not None and first.values != values:
            text = " ".join(str(part) for part in key if part is not None)
            file.problems.append(EnteredTwice(line.place(of.key[0]), key=text, first=first.line.number))
        elif first is not None or stands.get(key) == values:
            file.unchanged[of.code] += 1
        else:
            file.rows.append(row)


def _comparable(register: Register):
    """A standing row as its cells would be read: outer and invisible spaces are no difference."""

    def made(values: Values) -> Values:
        told = {name: tidy(value) if isinstance(value, str) else value for name, value in values.items()}
        return filled(register.sheet, told)

    return made


def _enter(file: File, desk: Desk, heard: Callable[[int, int], None]) -> None:
    """Rows in the order of day, then those made ready; those refused again after the others, as long as one
    more gets through."""
    waiting, made = sorted(file.rows, key=_when), file.ready
    total = len(waiting) + sum(len(rows) for rows, _ in made)
    if total:
        Party.objects.select_for_update().get(pk=desk.entry.organisation_id)
        _ = desk.entry.source_id  # kept before the first savepoint, so that none takes it back
    done = 0
    again: list[tuple[Row, Refusal]] = []
    while waiting or made:
        before, again = done, []
        for batch in _batches(waiting):
            heard(done, total)
            refused = _together(batch, desk)
            again += refused
            done += len(batch) - len(refused)
        for rows, each in made:
            if each.stands():
                each.write(partial(_on, heard, done, total))
            else:
                # Something they rest on was entered since they were looked at.
                refused = _together(rows, desk)
                again += refused
                done -= len(refused)
            done += len(rows)
        waiting, made = [row for row, _ in again], []
        if done == before:
            break
    else:
        return
    for row, _ in again:
        _remember(file, row.line)
    for row, why in again:
        file.problems += _told(file, row, why)


def _on(heard: Callable[[int, int], None], before: int, total: int, more: int) -> None:
    heard(before + more, total)


def _when(row: Row) -> tuple[date, int, bool, int]:
    return (
        row.values.get("day") or date.min,
        row.rank,
        row.register.last(row.values),
        row.line.number,
    )


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows that follow each other on one sheet, at most so many."""
    for _, each in groupby(rows, lambda row: (row.rank, row.register.last(row.values))):
        some = list(each)
        for start in range(0, len(some), TOGETHER):
            yield some[start : start + TOGETHER]


def _together(rows: list[Row], desk: Desk) -> list[tuple[Row, Refusal]]:
    """Enter rows of one register; those that are refused are left out, with why.

    Many are tried at once. A verb that says which of them it refuses is asked again without those; where it
    cannot say, each half is tried by itself.
    """
    refused: list[tuple[Row, Refusal]] = []
    while rows:
        try:
            with transaction.atomic():
                desk.places = [row.line.place().short for row in rows]
                desk.entry.place = desk.places[0]
                rows[0].register.enter([row.values for row in rows], desk)
            break
        except RowsRefused as some:
            refused += ((rows[number], why) for number, why in some.at.items())
            rows = [row for number, row in enumerate(rows) if number not in some.at]
        except Refusal as refusal:
            if len(rows) == 1:
                return [*refused, (rows[0], refusal)]
            half = len(rows) // 2
            return [*refused, *_together(rows[:half], desk), *_together(rows[half:], desk)]
    return refused


def _told(file: File, row: Row, refusal: Refusal) -> Iterable[Refusal]:
    for each in refusal.refusals if isinstance(refusal, Refusals) else (refusal,):
        rests = next((str(v) for v in each.details.values() if str(v) in file.refused), "")
        place = file.refused.get(rests)
        if place is not None and (place.sheet, place.row) != (row.line.raw.title, row.line.number):
            column = _column(row, [rests])
            yield RestsOnRefused(row.line.place(column), key=rests, row=place.row, sheet=place.sheet)
        else:
            column = each.about if each.about in row.values else _column(row, each.details)
            yield RowRefused(row.line.place(column), each)


def _column(row: Row, details: Mapping[str, Any] | list[str]) -> str:
    """The column a refusal is about: called as one of its details, or holding what it names."""
    columns = row.register.sheet.columns
    pairs = details.items() if isinstance(details, Mapping) else [("", text) for text in details]
    for name, value in pairs:
        for column in columns:
            held = row.values[column.code]
            if held not in ("", None, 0, False) and str(held) == str(value):
                return column.code
        if name in row.register.sheet.by_code:
            return name
    return ""


def _remember(file: File, line: Line) -> None:
    """A refused row's own number, by which others may name it."""
    own = line.get(line.sheet.key[0])
    if own:
        file.refused.setdefault(str(own), line.place())


def _order(raw: RawBook):
    """By sheet as the file lists them, then by row."""
    titles = {sheet.title: number for number, sheet in enumerate(raw.sheets.values())}

    def order(problem: Refusal) -> tuple[int, int]:
        place = getattr(problem, "place", Place())
        return titles.get(place.sheet, -1), place.row

    return order


def _codes_for_names(lines: list[Line], organisation_id: int, problems: list[Refusal]) -> None:
    """A party may be written by its name, when only one member here has it."""
    columns = [c.code for line in lines[:1] for c in line.sheet.columns if c.kind == "party"]
    said = {line.values[c] for line in lines for c in columns if c in line.values}
    wanted = sorted(said)
    known: set[str] = set()
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        known.update(Party.objects.filter(code__in=some).values_list("code", flat=True))
    if known == said:
        return
    here = Membership.objects.current().filter(organisation_id=organisation_id)
    by_name: dict[str, set[str]] = {}
    for name, code in here.values_list("member__name", "member__code"):
        by_name.setdefault(name, set()).add(code)
    for line in lines:
        for column in columns:
            name = line.get(column)
            if name is None or name in known or name not in by_name:
                continue
            if len(by_name[name]) > 1:
                line.broken = True
                codes = "、".join(sorted(by_name[name])[:10])
                problems.append(NameNotUnique(line.place(column), name=name, codes=codes))
            else:
                (line.values[column],) = by_name[name]


def _counted(file: File, desk: Desk) -> Brought:
    """New and corrected by what was really written from each sheet; all other rows stood already."""
    found: dict[str, Counts] = {}
    touched = {
        row.register.code: row for row in (*file.rows, *(row for rows, _ in file.ready for row in rows))
    }
    for code, total in file.total.items():
        new = corrected = 0
        if code in touched:
            row = touched[code]
            written = row.register.model.objects.filter(
                organisation_id=desk.entry.organisation_id, recorded_at=desk.entry.at
            )
            for place, former in written.values_list("place", "corrects__withdrawn"):
                if place.startswith(f"{row.line.raw.title}!"):
                    new, corrected = new + (former is not False), corrected + (former is False)
        found[code] = Counts(new, corrected, total - new - corrected)
    return Brought(found)
