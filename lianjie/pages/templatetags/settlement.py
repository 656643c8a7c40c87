"""Filters of the settlement's pages: accounts, sources and answers in words."""

from fractions import Fraction

from django import template
from django.utils.translation import gettext

from lianjie.base.words import N_
from lianjie.ledger.queries import balances
from lianjie.ledger.queries.journal import PostingRow
from lianjie.pages.format import quantity, yuan_or_blank
from lianjie.pages.settlement_way import language
from lianjie.pages.settlement_words import number_text

register = template.Library()

ANSWERS = {
    "explained": N_("Explained"),
    "upheld": N_("Upheld"),
    "rejected": N_("Rejected"),
}


@register.filter
def account_name(code: str) -> str:
    """An account's code with its name."""
    return " ".join(balances.chart().named(code, language())).strip()


@register.filter
def moved(line: PostingRow) -> str:
    """What a line of the journal moves, without a sign: yuan, or goods in the unit they are counted in."""
    if line.good:
        return quantity(abs(line.quantity), line.unit)
    return yuan_or_blank(line.debit_fen or line.credit_fen)


@register.filter
def source_words(source: str) -> str:
    """Where a figure comes from: the books of a year, or what was noted when it was entered."""
    kind, _, rest = source.partition(":")
    if kind == "books":
        return gettext("the books of %(year)s") % {"year": rest}
    return source or gettext("entered")


@register.filter
def answer_word(outcome: str) -> str:
    """The result of an objection in words."""
    return gettext(ANSWERS.get(outcome, outcome))


@register.filter
def exact(value: Fraction | None) -> str:
    """An exact number: decimals where they end, else a fraction."""
    return "" if value is None else number_text(value)
