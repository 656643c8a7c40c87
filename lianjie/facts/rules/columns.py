"""Columns that many sheets share."""

from lianjie.base.words import N_
from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.schema import Choice, Column

LAST_DAY = N_("The last day it held; leave empty while it runs.")
EVIDENCE = Column(
    "evidence",
    C("凭据或备注", "Evidence", "憑據或備註"),
    "text",
    N_("Where the paper is, or a note."),
    longest=300,
)


def code(code: str, caption: C, help: str, example: str) -> Column:
    return Column(code, caption, "code", help, example, required=True, longest=40)


def party(code: str, caption: C, help: str, example: str, required: bool = True) -> Column:
    return Column(code, caption, "party", help, example, required, longest=40)


def money(
    code: str, caption: C, help: str, example: str, required: bool = True, least: int | None = 0
) -> Column:
    return Column(code, caption, "money", help, example, required, least=least)


def day(code: str, caption: C, help: str, example: str, required: bool = True, within: str = "") -> Column:
    return Column(code, caption, "date", help, example, required, within=within)


def choice(
    code: str, caption: C, help: str, choices: tuple[Choice, ...], example: str, required: bool = True
) -> Column:
    return Column(code, caption, "choice", help, example, required, choices=choices)
