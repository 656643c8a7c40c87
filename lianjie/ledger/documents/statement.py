"""A household's statement: what it put in, what it gets, why exactly that much, and how to object."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import segno

from lianjie.base.refusal import Finding
from lianjie.base.words import N_
from lianjie.ledger.documents import figures, fonts, typesetting
from lianjie.ledger.documents.capitals import capital_yuan
from lianjie.ledger.documents.papers import Papers
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.explanation import Explanation
from lianjie.ledger.rules.flow import STATES
from lianjie.ledger.rules.given import Recipient
from lianjie.ledger.rules.objection import grouped

TEMPLATE = "statement.typ"
DIGITS_SHOWN = 16
SOURCES_SHOWN = 6

WORDS = {
    "title": N_("Statement of {year}"),
    "bound_title": N_("All statements of {year}"),
    "code": N_("Code"),
    "name": N_("Name"),
    "village": N_("Village"),
    "state": N_("State"),
    "plan": N_("Plan"),
    "total": N_("Total"),
    "yuan": N_("yuan"),
    "in_capitals": N_("In capitals"),
    "in_money": N_("In money"),
    "in_goods": N_("In goods"),
    "kept": N_("Kept as share capital"),
    "paid": N_("Paid"),
    "still_owed": N_("Still to be paid"),
    "put_in": N_("What this account put in"),
    "measure": N_("Measure"),
    "mine": N_("This account"),
    "all": N_("All together"),
    "sources": N_("Recorded in"),
    "gets": N_("What it gets, and why exactly that much"),
    "memos": N_("Credited to the member account, not paid"),
    "nothing": N_("What it has no part in"),
    "payments": N_("What was paid"),
    "object": N_("Something is not right?"),
    "chair": N_("Chair"),
    "accountant": N_("Accountant"),
    "received": N_("Received by"),
    "seal": N_("Seal of the cooperative"),
    "invented": N_("Invented example: no real people"),
    "check": N_("Check number"),
    "signature": N_("Signature"),
    "page": N_("Page {page} of {pages}"),
    "scan": N_("Scan to see your lines, object, and read the answer"),
    "or_type": N_("or type in this code at"),
    "pin": N_("Your number"),
    "fold": N_(
        "Fold in and glue before handing over. Keep the number to yourself: with the code it opens this"
        " statement."
    ),
}

OBJECT_UNTIL = N_(
    "Ask the accountant, or raise an objection to any line by {day}. It must be answered before the books"
    " are closed."
)
OBJECT = N_("Ask the accountant, or raise an objection to any line before the assembly decides.")
MARKS = {
    "draft": N_("Trial calculation: not disclosed, not decided"),
    "trial": N_("Trial calculation: not disclosed, not decided"),
    "withdrawn": N_("Withdrawn: no longer valid"),
    "reversed": N_("Reversed: no longer valid"),
}
FACTS = {
    "delivery": N_("Delivery"),
    "residence": N_("Resident"),
    "contribution": N_("Contribution"),
    "lease": N_("Lease"),
    "membership": N_("Membership"),
    "tally": N_("Tally"),
}


def statement_pdf(papers: Papers, recipient: str) -> bytes:
    """One recipient's statement, A4. KeyError when the settlement does not list the recipient."""
    return _pdf(papers, [papers.by_code[recipient]], bound=False)


def statements_pdf(papers: Papers, recipients: Iterable[str] | None = None) -> bytes:
    """Statements in one file for print, a list to sign in front, each found by its bookmark. All of them,
    unless `recipients` names some: about 1.5 MB of memory go to each."""
    chosen = papers.recipients if recipients is None else [papers.by_code[code] for code in recipients]
    return _pdf(papers, chosen, bound=True)


def unprintable(papers: Papers) -> tuple[Finding, ...]:
    """A finding for each name with a character that the printing font lacks."""
    named = [(each.code, each.name) for each in papers.recipients]
    return fonts.missing([*named, (papers.issuer.code, papers.issuer.name)])


def check_text(papers: Papers, recipient: str) -> str:
    """What the square code holds: nothing personal, only what names this result among all others."""
    digests = (papers.plan_sha256[:DIGITS_SHOWN], papers.outcome.digest)
    return ":".join(("LJ1", papers.issuer.code, str(papers.issuer.year), recipient, *digests))


def _pdf(papers: Papers, recipients: Sequence[Recipient], *, bound: bool) -> bytes:
    data = {
        "words": words(papers, WORDS),
        "issuer": issuer_data(papers),
        "bound": bound,
        "statements": [_statement(papers, each) for each in recipients],
    }
    return typesetting.pdf(TEMPLATE, data, language=papers.language, dated=papers.dated, tagged=not bound)


def words(papers: Papers, texts: Mapping[str, str]) -> dict[str, str]:
    """A template's own words. The page numbers of "Page {page} of {pages}" are filled in by the template."""
    return {key: papers.say(text).replace("{year}", str(papers.issuer.year)) for key, text in texts.items()}


def issuer_data(papers: Papers) -> dict[str, Any]:
    """The head of every page."""
    issuer = papers.issuer
    return {
        "name": issuer.name,
        "code": issuer.code,
        "area": issuer.area,
        "chair": issuer.chair,
        "accountant": issuer.accountant,
        "invented": issuer.invented,
        "year": str(issuer.year),
        "state": papers.say(STATES.get(issuer.state, issuer.state)),
        "mark": mark_of(papers),
        "disclosed": issuer.disclosed_day.isoformat() if issuer.disclosed_day else "",
        "plan": papers.title,
        "object": issuer.how_to_object or _how_to_object(papers),
    }


def mark_of(papers: Papers) -> str:
    """What every paper of a settlement that does not stand must say; nothing for one that stands."""
    return papers.say(MARKS[papers.issuer.state]) if papers.issuer.state in MARKS else ""


def _how_to_object(papers: Papers) -> str:
    until = papers.issuer.objections_until
    return papers.tell(OBJECT_UNTIL, day=until.isoformat()) if until else papers.say(OBJECT)


def _statement(papers: Papers, one: Recipient) -> dict[str, Any]:
    explained = papers.explainer.explanations(one.code)
    lines = [each for each in explained if not each.memo and each.amount_fen]
    total = papers.outcome.totals.get(one.code, 0)
    kept = sum(each.contribution_fen for each in lines)
    cash = sum(each.cash_fen for each in lines)
    paid = sum(each.amount_fen for each in papers.payments.get(one.code, ()))
    assert total == sum(each.amount_fen for each in lines), one.code
    return {
        "code": one.code,
        "name": one.name or one.code,
        "village": str(one.attributes.get("village_name") or one.attributes.get("village", "")),
        "total": figures.yuan(total),
        "capitals": capital_yuan(total, traditional=papers.language == "zh-Hant"),
        "cash": figures.yuan(cash),
        "goods": figures.yuan(total - kept - cash) if total - kept - cash else "",
        "kept": figures.yuan(kept) if kept else "",
        "paid": figures.yuan(paid),
        "owed": figures.yuan(total - kept - paid),
        "put_in": list(_put_in(papers, one)),
        "lines": [_line(papers, each) for each in _by_stream(lines)],
        "memos": [_line(papers, each) for each in explained if each.memo and each.amount_fen],
        "nothing": list(_nothing(papers, one.code, {each.step for each in lines})),
        "payments": [
            [each.day.isoformat(), each.method, figures.yuan(each.amount_fen), each.evidence]
            for each in papers.payments.get(one.code, ())
        ],
        "check": papers.outcome.digest[:DIGITS_SHOWN],
        "qr": _square(check_text(papers, one.code)),
        **_door(papers, one.code),
    }


def _door(papers: Papers, recipient: str) -> dict[str, str]:
    """The household's own way in: code, square and number; all empty when its code is not to be printed."""
    door = papers.doors.get(recipient)
    if door is None:
        return {"door": "", "door_code": "", "pin": "", "door_address": ""}
    return {
        "door": _square(door.address),
        "door_code": grouped(door.code),
        "pin": f"{door.pin[:3]} {door.pin[3:]}",
        "door_address": f"{door.address.partition('://')[2].rpartition('/q/')[0]}/q/",
    }


def _put_in(papers: Papers, one: Recipient) -> Iterator[list[str]]:
    """Each measure of this recipient that is not nothing, with the sum of all and where it comes from."""
    for name, small in one.measures.items():
        code = papers.plan.measure_unit(name)
        products = [each for each in one.measures if each.startswith(f"{name}.")]
        if small and code and len(products) != 1:  # of one product, the product's own row says it all
            yield [
                papers.named(name),
                figures.quantity(small, code, papers.say),
                figures.quantity(papers.sums[name], code, papers.say),
                _sources(papers, one.sources.get(name, ())),
            ]


def _by_stream(lines: Sequence[Explanation]) -> list[Explanation]:
    order = {stream: at for at, stream in enumerate(terms.STREAMS)}
    return sorted(lines, key=lambda each: order.get(each.stream or "other", len(order)))


def _line(papers: Papers, each: Explanation) -> dict[str, Any]:
    return {
        "stream": "" if each.memo else papers.say(terms.STREAM_LABELS[each.stream or "other"]),
        "title": each.title,
        "amount": figures.yuan(each.amount_fen),
        "sentences": list(each.sentences),
        "law": each.law,
    }


def _nothing(papers: Papers, code: str, has: set[str]) -> Iterator[str]:
    for step in papers.plan.steps:
        if step.among and step.name not in has:
            yield papers.explainer.why_nothing(step.name, code)


def _sources(papers: Papers, references: Sequence[str]) -> str:
    """References as people read them; of many the first few, and how many more there are."""
    shown = [_source(papers, each) for each in references[:SOURCES_SHOWN]]
    more = len(references) - len(shown)
    if more > 0:
        shown.append(papers.tell(N_("and {count} more"), count=more))
    return "、".join(shown) if papers.language.startswith("zh") else ", ".join(shown)


def _source(papers: Papers, reference: str) -> str:
    kind, colon, number = reference.partition(":")
    # The key of a tally is its year, and a code that is nobody's word.
    number = number.partition("-")[0] if kind == "tally" else number
    return f"{papers.say(FACTS[kind])} {number}" if colon and kind in FACTS else reference


def _square(text: str) -> str:
    # A fixed mask: trying all eight takes longer than setting the page.
    return segno.make(text, error="m", micro=False, mask=3).svg_inline(
        border=0, dark="#1d1d1b", omitsize=True
    )
