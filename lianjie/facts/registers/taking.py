"""What stands in the registers, as the file it could have been read from; and the empty template."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

from lianjie.base.words import N_
from lianjie.facts.models import Party
from lianjie.facts.queries.names import named_like
from lianjie.facts.registers.register import Family, Register, Values, filled
from lianjie.facts.rules.schema import Sheet
from lianjie.facts.workbook import writer

INTRODUCTION = (
    N_("Fill in one row for each thing that happened. Columns marked * must be filled."),
    N_("Numbers, codes and receipts are text: never let Excel turn them into numbers."),
    N_("Days are written year first: 2025-03-05. Amounts are yuan with at most two decimals."),
    N_("Paste values only: no formulas, no merged cells. Leave the first row as it is."),
    N_("Rows may stand in any order and may refer to each other, also across sheets."),
    N_("The whole file is checked before anything is entered; a row entered before is passed over."),
)


def template(family: Family, path: Path, language: str) -> None:
    """Write the empty file of a family of registers."""
    write(family.title, family.registers, path, language, {})


def export(
    family: Family,
    organisation_id: int,
    path: Path,
    language: str,
    *,
    only: str = "",
    search: str = "",
) -> None:
    """Write what stands: the whole family, or the register `only`; of its rows those that hold `search`."""
    registers = tuple(r for r in family.registers if not only or r.code == only)
    rows = {r.code: rows_of(r, organisation_id, search) for r in registers}
    write(family.title, registers, path, language, rows)


def rows_of(register: Register, organisation_id: int, search: str = "") -> Iterator[Values]:
    """Standing rows in which a cell holds the text searched for, or whose party is so named."""
    wanted = search.strip().casefold()
    parties = _parties(register.sheet, wanted)
    for values in register.rows(organisation_id):
        cells = [str(value).casefold() for value in values.values() if value not in (None, "")]
        if not wanted or any(wanted in cell for cell in cells) or parties.intersection(cells):
            yield values


def _parties(of: Sheet, wanted: str) -> set[str]:
    if not wanted or not any(column.kind == "party" for column in of.columns):
        return set()
    found = Party.objects.filter(named_like("", wanted)).values_list("code", flat=True)[:5000]
    return {code.casefold() for code in found}


def _shown(of: Sheet, rows: Iterable[Values]) -> Iterator[SimpleNamespace]:
    """An empty cell stays empty, also of a number, unless it must be filled."""
    needed = {column.code for column in of.columns if column.required}
    for values in rows:
        told = filled(of, values)
        yield SimpleNamespace(
            **{name: value if value or name in needed else None for name, value in told.items()}
        )


def write(
    title: str,
    registers: Sequence[Register],
    path: Path,
    language: str,
    rows: Mapping[str, Iterable[Values]],
) -> None:
    """Write rows by the code of their register, one sheet for each register."""
    sheets = tuple(register.sheet for register in registers)
    layout = writer.Layout(title, sheets, INTRODUCTION)
    writer.write(path, language, layout, ((of, _shown(of, rows.get(of.code, ()))) for of in sheets))
