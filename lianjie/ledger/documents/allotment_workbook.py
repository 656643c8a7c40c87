"""The allotment workbook: what was divided, who gets what, every step's sums, member accounts, parameters.

Sums are numbers, checked here against the outcome; an accountant may check them again with a formula.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from lianjie.base.words import N_
from lianjie.ledger.documents import figures
from lianjie.ledger.documents.papers import Papers
from lianjie.ledger.documents.statement import mark_of
from lianjie.ledger.documents.workbook_accounts import account_columns, account_rows
from lianjie.ledger.documents.workbook_sheets import Book, Cell, Column
from lianjie.ledger.rules.outcome import Line, StepResult

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def allotment_xlsx(path: Path | BinaryIO, papers: Papers) -> None:
    """Write the workbook. Same papers, same bytes."""
    target = str(path) if isinstance(path, Path) else path
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties(
            {
                "title": papers.title,
                "author": papers.issuer.name,
                "created": datetime.combine(papers.dated, time()),
            }
        )
        _Writer(papers, book).write()


class _Writer:
    def __init__(self, papers: Papers, book: xlsxwriter.Workbook) -> None:
        self.papers = papers
        self.say = papers.say
        self.book = Book(book, f"{papers.issuer.name} {papers.issuer.code}")

    def write(self) -> None:
        self._summary()
        self._allotments()
        for result in (*self.papers.outcome.steps, *self.papers.outcome.memos):
            if result.lines:
                self._step(result)
        self._accounts()
        self._parameters()

    def _notes(self, *more: str) -> list[str]:
        issuer = self.papers.issuer
        marks = [mark_of(self.papers), self.say(N_("Invented example: no real people")) * issuer.invented]
        head = f"{issuer.name} {issuer.code}  {issuer.year}  {self.papers.title}"
        return [head, *more, *(mark for mark in marks if mark)]

    # what was divided

    def _summary(self) -> None:
        say, papers, book = self.say, self.papers, self.book
        sheet = book.sheet(say(N_("Summary of the settlement")))
        row = book.headed(sheet, say(N_("How the money is divided")), self._notes())
        columns = (
            Column(say(N_("Step")), width=26),
            Column(say(N_("How it comes about")), width=52),
            Column(say(N_("To whom")), width=30),
            Column(say(N_("Amount")), "money", 16),
            Column(say(N_("Lacking")), "money"),
            Column(say(N_("Residual of rounding")), "money"),
            Column(say(N_("Basis")), width=44),
        )
        row = book.table(sheet, row, columns, [self._step_row(each) for each in papers.outcome.steps])
        row = book.table(
            sheet,
            row,
            (Column(say(N_("Funds and other bodies"))), Column(say(N_("Received")), "money")),
            [[papers.named(name), fen] for name, fen in sorted(papers.outcome.parties.items())],
            repeat=False,
        )
        book.table(
            sheet,
            row,
            (Column(say(N_("Left, given to nobody"))), Column(say(N_("Amount")), "money")),
            [[papers.named(pool), fen] for pool, fen in papers.outcome.left.items()],
            repeat=False,
        )

    def _step_row(self, result: StepResult) -> list[Cell]:
        papers = self.papers
        step = papers.plan.step(result.name)
        assert step is not None
        to = [papers.named(name) for name in (*result.parties, *result.parts)]
        if result.lines:
            to.append(f"{papers.named(step.among)} ({len(result.lines)})")
        return [
            papers.named(result.name),
            papers.explainer.asked(result.name),
            "、".join(to),
            result.amount_fen,
            result.short_fen or None,
            result.residual_fen or None,
            step.law,
        ]

    # who gets what

    def _allotments(self) -> None:
        say, papers = self.say, self.papers
        steps = [each for each in papers.outcome.steps if each.lines]
        sheet = self.book.sheet(say(N_("Allotments")))
        row = self.book.headed(sheet, say(N_("Who gets what")), self._notes(say(N_("All amounts in yuan."))))
        columns = (
            *self._who(),
            *(Column(papers.named(each.name), "money") for each in steps),
            Column(say(N_("Total")), "money", 16),
            Column(say(N_("Kept as share capital")), "money"),
            Column(say(N_("In goods")), "money"),
            Column(say(N_("In money")), "money", 16),
        )
        rows = [self._allotment(code, steps) for code in self._listed()]
        sums = self._sums(columns, rows)
        assert sums[3:-4] == [sum(line.amount_fen for line in each.lines) for each in steps]
        assert sums[-4] == sum(papers.outcome.totals.values()) == sum(sums[-3:])
        self.book.table(sheet, row, columns, rows, sums)

    def _who(self) -> tuple[Column, ...]:
        return (
            Column(self.say(N_("Code")), width=12),
            Column(self.say(N_("Name")), width=14),
            Column(self.say(N_("Village")), width=12),
        )

    def _listed(self) -> Sequence[str]:
        return [each.code for each in self.papers.recipients if each.code in self.papers.outcome.totals]

    def _person(self, code: str) -> list[Cell]:
        one = self.papers.by_code[code]
        return [code, one.name, str(one.attributes.get("village_name") or one.attributes.get("village", ""))]

    def _allotment(self, code: str, steps: Sequence[StepResult]) -> list[Cell]:
        lines = [each.by_recipient.get(code) for each in steps]
        there = [line for line in lines if line is not None]
        return [
            *self._person(code),
            *(line.amount_fen if line else None for line in lines),
            self.papers.outcome.totals[code],
            sum(line.contribution_fen for line in there),
            sum(line.goods_fen for line in there),
            sum(line.cash_fen for line in there),
        ]

    def _sums(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[Cell]:
        """The word for sum, then the sum of every column of money."""
        found: list[Cell] = [self.say(N_("Sum"))]
        for at, column in enumerate(columns[1:], 1):
            money = column.kind == "money"
            found.append(sum(int(row[at] or 0) for row in rows) if money else None)
        return found

    # one step

    def _step(self, result: StepResult) -> None:
        say, papers = self.say, self.papers
        title = papers.named(result.name)
        step = papers.plan.step(result.name)
        goods = step.in_kind if step else None
        sheet = self.book.sheet(title)
        explained = papers.explainer.explain(result.name, result.lines[0].recipient)
        notes = self._notes(explained.rule, explained.rounding_text, explained.law)
        row = self.book.headed(sheet, title, notes)
        columns = (
            *self._who(),
            Column(f"{explained.weight_label} ({explained.weight_unit})", "number", 16),
            Column(say(N_("Exact part, yuan")), "exact", 18),
            Column(say(N_("Exact part in fen, as a fraction")), "exact", 20),
            Column(say(N_("Amount")), "money"),
            Column(say(N_("Limit")), "exact", 10),
            *((Column(say(N_("Goods")), "exact", 12), Column(say(N_("In goods")), "money")) if goods else ()),
            Column(say(N_("Kept as share capital")), "money"),
        )
        rows = [self._line(line, goods.unit if goods else "") for line in result.lines]
        sums = self._sums(columns, rows)
        sums[3] = result.whole
        assert sums[6] == sum(line.amount_fen for line in result.lines)
        self.book.table(sheet, row, columns, rows, sums)

    def _line(self, line: Line, goods_unit: str) -> list[Cell]:
        bounds = {"floor": self.say(N_("at the floor")), "cap": self.say(N_("at the cap"))}
        goods: list[Cell] = []
        if goods_unit:
            shown = figures.quantity(line.quantity, goods_unit, self.say) if line.quantity else ""
            goods = [shown, line.goods_fen or None]
        return [
            *self._person(line.recipient),
            line.weight,
            figures.exact_yuan(line.quota_fen),
            str(line.quota_fen),
            line.amount_fen,
            bounds.get(line.bound, ""),
            *goods,
            line.contribution_fen or None,
        ]

    # member accounts

    def _accounts(self) -> None:
        say = self.say
        sheet = self.book.sheet(say(N_("Member accounts")))
        note = say(N_("As they stand once this settlement is booked; amounts in yuan, weights in kg."))
        row = self.book.headed(sheet, say(N_("Member accounts")), self._notes(note))
        columns = account_columns(self.papers)
        rows = account_rows(self.papers)
        self.book.table(sheet, row, columns, rows, self._sums(columns, rows))

    # parameters

    def _parameters(self) -> None:
        say, papers = self.say, self.papers
        sheet = self.book.sheet(say(N_("Parameters")))
        row = self.book.headed(sheet, say(N_("What this was worked out from")), self._notes())
        columns = (
            Column(say(N_("Figure")), width=40),
            Column(say(N_("Value")), "exact", 24),
            Column(say(N_("Unit")), width=12),
            Column(say(N_("Recorded in")), width=70),
        )
        row = self.book.table(sheet, row, columns, list(self._figures()))
        row = self.book.table(
            sheet,
            row,
            (Column(say(N_("Check number"))), Column("SHA-256")),
            [
                [say(N_("Plan")), papers.plan_sha256],
                [say(N_("Inputs")), papers.given_sha256],
                [say(N_("Result")), papers.outcome.digest],
            ],
            repeat=False,
        )
        sheet.write_string(row, 0, say(N_("The plan's own text")), self.book.head)
        for at, line in enumerate(papers.plan_text.strip().splitlines(), row + 1):
            sheet.write_string(at, 0, line, self.book.note)

    def _figures(self) -> Iterator[list[Cell]]:
        for figure in self.papers.plan.figures:
            value = self.papers.outcome.figures[figure.name]
            known = self.papers.given.figures.get(figure.name)
            percent = figure.unit == "percent"
            yield [
                self.papers.named(figure.name),
                figures.number(value * (100 if percent else 1), 12),
                figures.unit_word(figure.unit, self.say),
                figure.formula or (known.source if known else ""),
            ]
