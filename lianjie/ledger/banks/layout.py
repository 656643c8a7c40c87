"""One bank's layout as data."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.ledger.rules.payment_file import BatchFile, FieldNotForBank, TooManyLines

VALUES = (
    "seq", "identity", "holder", "number", "bank", "bank_code", "yuan", "fen", "id_number", "note", "day",
    "payer_name", "payer_number", "payer_bank", "blank", "text",
)  # fmt: skip
"""What a column may hold."""
TOLD = ("identity", "holder", "number", "yuan", "status", "reason", "code", "skip")


class NoSuchLayout(Refusal):
    what = N_("There is no bank layout “{code}”.")
    fix = N_("Choose one of: {known}.")


@dataclass(frozen=True)
class Layout:
    """How one bank takes a batch and answers it.

    kind        text, excel or pain001
    columns     (title, value) of the file, in order; a value "text:X" is always X
    back        (title, what it tells) of the answer, found by title, or in order when the answer has none
    settled, failed   words the answer's status column uses
    least, most       payments in one file
    forbidden   characters the bank does not take in a name
    """

    code: str
    titles: dict[str, str]
    kind: str
    encoding: str = "utf-8"
    delimiter: str = "|"
    trailing: bool = False
    heading: bool = True
    columns: tuple[tuple[str, str], ...] = ()
    back: tuple[tuple[str, str], ...] = ()
    back_heading: bool = True
    settled: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    least: int = 1
    most: int = 5000
    longest_name: int = 60
    forbidden: str = " "
    source: str = ""

    @property
    def ending(self) -> str:
        """Of the file's name."""
        return {"text": "txt", "excel": "xlsx", "pain001": "xml"}[self.kind]

    def named(self, language: str) -> str:
        """The layout's name for people."""
        return self.titles.get(language) or self.titles["en"]

    def check(self, batch: BatchFile) -> None:
        """Refuses with TooManyLines, or FieldNotForBank for every field the bank would not take."""
        count = len(batch.payments)
        if not self.least <= count <= self.most:
            raise TooManyLines(least=self.least, most=self.most, count=count)
        problems = []
        for line, each in enumerate(batch.payments, 1):
            bad = next((c for c in each.holder if c in self.forbidden or c == self.delimiter), "")
            try:
                each.holder.encode(self.encoding)
            except UnicodeEncodeError as problem:
                bad = bad or each.holder[problem.start]
            if bad or len(each.holder) > self.longest_name:
                problems.append(FieldNotForBank(line=line, value=each.holder, field=N_("name")))
        if problems:
            raise Refusals(problems)


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its code."""
    found = {}
    for path in sorted(files(__package__).joinpath("layouts").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            made = _read(path.name.removesuffix(".toml"), tomllib.loads(path.read_text("utf-8")))
            found[made.code] = made
    return found


def layout(code: str) -> Layout:
    """The layout with this code. Refuses with NoSuchLayout."""
    if code not in layouts():
        raise NoSuchLayout(code=code, known=", ".join(layouts()))
    return layouts()[code]


def _read(code: str, told: dict[str, Any]) -> Layout:
    columns = tuple((each["title"], each["value"]) for each in told.pop("columns", []))
    back = tuple((each["title"], each["tells"]) for each in told.pop("back", []))
    for _, value in columns:
        assert value.partition(":")[0] in VALUES, f"{code}: {value}"
    for _, tells in back:
        assert tells in TOLD, f"{code}: {tells}"
    settled, failed = tuple(told.pop("settled", ())), tuple(told.pop("failed", ()))
    return Layout(code=code, columns=columns, back=back, settled=settled, failed=failed, **told)
