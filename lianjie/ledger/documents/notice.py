"""The disclosure notice: everyone's figures for everyone to see, names masked, no identity numbers.

One template, two shapes: A4 for the wall, and a narrow long picture for the phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lianjie.base.words import N_
from lianjie.ledger import parameters
from lianjie.ledger.documents import figures, typesetting
from lianjie.ledger.documents.papers import Papers
from lianjie.ledger.documents.statement import issuer_data, words
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.given import Recipient
from lianjie.ledger.rules.notice import profile, shown_name
from lianjie.ledger.rules.outcome import StepResult

TEMPLATE = "notice.typ"
PHONE_PIXELS = 1080
PHONE_POINTS = 360
ROWS_IN_A_PICTURE = 60
WIDE_FROM = 9
"""From this many columns on the sheet lies on its side."""

WORDS = {
    "title": N_("Distribution of {year}, disclosed"),
    "divided": N_("How the money is divided"),
    "step": N_("Step"),
    "how": N_("How it comes about"),
    "amount": N_("Amount"),
    "law": N_("Basis"),
    "to_whom": N_("To whom"),
    "shares": N_("Who gets what"),
    "total": N_("Total"),
    "sum": N_("Sum"),
    "yuan": N_("yuan"),
    "unit": N_("All amounts in yuan. Names are masked; each household knows its code."),
    "object": N_("Something is not right?"),
    "disclosed": N_("Disclosed on"),
    "until": N_("Objections until"),
    "gone": N_("Take down after"),
    "state": N_("State"),
    "chair": N_("Chair"),
    "accountant": N_("Accountant"),
    "check": N_("Check number"),
    "invented": N_("Invented example: no real people"),
    "page": N_("Page {page} of {pages}"),
}
DRAFT = {"title": N_("Distribution of {year}, draft for disclosure")}
"""Until there is a day of disclosure."""


@dataclass(frozen=True)
class Column:
    """One column of the list: a heading, one text for each recipient, and its sum."""

    heading: str
    cells: Sequence[str]
    sum: str = ""
    is_money: bool = True


def masked(recipient: Recipient, names: str = "surname", *, child: bool = False) -> str:
    """A name as the wall may show it; see rules/notice.py."""
    return shown_name(recipient.name, recipient.kind, names, child=child)


def notice_pdf(papers: Papers, *, codes: bool = True) -> bytes:
    """The notice on A4, for the wall; on its side when the plan needs many columns."""
    return typesetting.pdf(TEMPLATE, _data(papers, codes), language=papers.language, dated=papers.dated)


def notice_png(papers: Papers, *, codes: bool = True) -> bytes:
    """The notice as one long picture, 1080 pixels wide."""
    return _picture(papers, _data(papers, codes))


def notice_pngs(papers: Papers, *, codes: bool = True) -> tuple[bytes, ...]:
    """The same in pictures of at most 60 rows each: chat programs blur longer ones."""
    data = _data(papers, codes)
    rows = data["rows"]
    parts = [rows[at : at + ROWS_IN_A_PICTURE] for at in range(0, len(rows), ROWS_IN_A_PICTURE)] or [[]]
    return tuple(
        _picture(papers, data | {"rows": part, "part": f"{number}/{len(parts)}" if len(parts) > 1 else ""})
        for number, part in enumerate(parts, 1)
    )


def _picture(papers: Papers, data: dict[str, Any]) -> bytes:
    return typesetting.png(
        TEMPLATE,
        data | {"phone": PHONE_POINTS},
        language=papers.language,
        dated=papers.dated,
        ppi=72 * PHONE_PIXELS / PHONE_POINTS,
    )


def _data(papers: Papers, codes: bool) -> dict[str, Any]:
    seen_as = profile(parameters.text("notice"), "wall", papers.dated)
    codes = codes and "code" in seen_as.columns
    columns = [c for c in _columns(papers) if c.is_money or "measures" in seen_as.columns]
    listed = [each for each in papers.recipients if each.code in papers.outcome.totals]
    heads = [papers.say(N_("No.")), *([papers.say(N_("Code"))] if codes else []), papers.say(N_("Name"))]
    until, gone = papers.issuer.objections_until, papers.issuer.notice_until
    law = papers.issuer.disclosure_law
    return {
        "words": words(papers, WORDS if papers.issuer.disclosed_day else WORDS | DRAFT),
        "issuer": issuer_data(papers)
        | {"until": until.isoformat() if until else "", "gone": gone.isoformat() if gone else ""},
        "law": papers.say(law) if law else "",
        "phone": 0,
        "part": "",
        "wide": len(heads) + len(columns) >= WIDE_FROM,
        "steps": [_step(papers, each) for each in papers.outcome.steps],
        "heads": heads,
        "columns": [{"heading": each.heading, "sum": each.sum, "money": each.is_money} for each in columns],
        "rows": [
            {
                "number": str(at + 1),
                "code": one.code if codes else "",
                "name": masked(one, seen_as.names, child=one.code in papers.children),
                "cells": [column.cells[at] for column in columns],
            }
            for at, one in enumerate(listed)
        ],
        "codes": codes,
        "check": papers.outcome.digest[:16],
    }


def _columns(papers: Papers) -> list[Column]:
    """What is shared by, each weight once; then each step's amount; then the total."""
    listed = [each.code for each in papers.recipients if each.code in papers.outcome.totals]
    steps = [each for each in papers.outcome.steps if each.lines]
    found = [*_weights(papers, steps, listed)]
    for result in steps:
        fen = {line.recipient: line.amount_fen for line in result.lines}
        found.append(
            Column(
                papers.named(result.name),
                [figures.yuan(fen[code]) if fen.get(code) else "–" for code in listed],
                figures.yuan(sum(fen.values())),
            )
        )
    totals = [papers.outcome.totals[code] for code in listed]
    assert sum(totals) == sum(line.amount_fen for step in steps for line in step.lines)
    found.append(
        Column(papers.say(N_("Total")), [figures.yuan(fen) for fen in totals], figures.yuan(sum(totals)))
    )
    return found


def _weights(papers: Papers, steps: Sequence[StepResult], listed: Sequence[str]) -> list[Column]:
    found: dict[str, Column] = {}
    for result in steps:
        step = papers.plan.step(result.name)
        assert step is not None
        if step.by == terms.EQUALLY or step.by in found:
            continue
        weights = {line.recipient: line.weight for line in result.lines}
        unit = _unit(papers, step.by)
        written = _in_yuan if unit == "yuan" else figures.number
        shown = "" if unit in ("", "number") else f" ({figures.unit_word(unit, papers.say)})"
        found[step.by] = Column(
            papers.named(step.by) + shown,
            [written(weights[code]) if code in weights else "–" for code in listed],
            written(result.whole),
            is_money=False,
        )
    return list(found.values())


def _in_yuan(value: Fraction) -> str:
    return figures.exact_yuan(value * 100)


def _unit(papers: Papers, by: str) -> str:
    weight = papers.plan.weight(by)
    return weight.unit if weight else papers.plan.measure_unit(by) or ""


def _step(papers: Papers, result: StepResult) -> dict[str, str]:
    step = papers.plan.step(result.name)
    assert step is not None
    to = [papers.named(party) for party, fen in result.parties.items() if fen > 0]
    to += [papers.named(part) for part in result.parts]
    if result.lines:
        to.append(f"{papers.named(step.among)} ({len(result.lines)})")
    return {
        "title": papers.named(result.name),
        "asked": papers.explainer.asked(result.name),
        "to": ", ".join(to) if papers.language == "en" else "、".join(to),
        "amount": figures.yuan(result.amount_fen),
        "law": step.law,
    }
