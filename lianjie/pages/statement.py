"""One household's statement of a year: what it put in, what it gets, and why exactly that much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.words import label_in
from lianjie.facts.queries import disputes, household
from lianjie.facts.queries.people import PartyRow
from lianjie.ledger.queries import settlements, statements
from lianjie.ledger.queries.settlements import SettlementRow, Worked
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.explanation import Explanation, explanations, why_nothing
from lianjie.ledger.rules.given import Recipient
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.format import kg, mu, quantity, shares, yuan
from lianjie.pages.settlement import seen
from lianjie.pages.settlement_way import language, opened
from lianjie.pages.words import WORDS

SHOWN = 12
"""Facts named under one measure before the rest is only counted."""

REGISTERS = {
    "contribution": "contributions",
    "delivery": "deliveries",
    "lease": "leases",
    "tally": "tallies",
    "shareagreement": "agreements",
}


@dataclass(frozen=True)
class Source:
    """One fact behind a measure; `link` opens where it is kept."""

    text: str
    link: str


@dataclass(frozen=True)
class PutIn:
    """Measures (label and amount) that rest on the same facts; `more` facts were left out."""

    amounts: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    more: int


@dataclass(frozen=True)
class Reason:
    """One line with its reason; `sources` are the facts behind its weight."""

    line: Explanation
    sources: tuple[Source, ...]
    more: int


@dataclass(frozen=True)
class Stream:
    """Lines of one stream."""

    label: str
    fen: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Statement:
    """All a household can ask about its year."""

    put_in: tuple[PutIn, ...]
    streams: tuple[Stream, ...]
    memos: tuple[Reason, ...]
    nothing: tuple[tuple[str, str], ...]
    total_fen: int
    cash_fen: int
    goods_fen: int
    kept_fen: int


def statement(request: HttpRequest, code: str, party: str, year: int) -> HttpResponse:
    """The statement: a household reads its own once it is disclosed; whoever reads here, all of them."""
    place = access.place(request, code, "read_own")
    who = access.party(place, party)
    row = of_year(place, year)
    context: dict[str, object] = {"place": place, "party": who, "year": year, "row": row}
    worked, missing = seen(row) if row else (None, ())
    if row is None or worked is None:
        return render(request, "statement/page.html", {**context, "missing": missing})
    return render(
        request,
        "statement/page.html",
        {
            **context,
            "plan_title": label_in(row.plan.rules.title, language(), row.plan.code),
            "statement": made(place, who, row, worked),
            "paid": statements.paid(row.id, who.id),
            "objections": statements.objections(row.id, [who.id]),
            "labels": {s.name: worked.plan.named(s.name, language(), gettext) for s in worked.plan.steps},
            "may_object": row.state in ("disclosed", "decided")
            and (who.id in place.own or "settle" in place.rights),
            "own": who.id in place.own,
            "new_code": row.frozen and "settle" in place.rights,
        },
    )


def why(request: HttpRequest, code: str, year: int, turn: int, party: str) -> HttpResponse:
    """The reasons alone, to stand under the household's row in the trial."""
    place, row = opened(request, code, year, turn)
    who = access.party(place, party)
    worked, missing = seen(row)
    context = {"place": place, "party": who, "row": row, "missing": missing}
    if worked:
        context["statement"] = made(place, who, row, worked)
    return render(request, "statement/why.html", context)


def of_year(place: Place, year: int) -> SettlementRow | None:
    """The settlement a statement is about: the living one, else the last; for members only once disclosed."""
    rows = [r for r in settlements.list_of(place.id) if r.year == year and (place.reads or r.frozen)]
    alive = [r for r in rows if r.state not in ("withdrawn", "reversed")]
    return next(iter(alive or rows), None)


def made(place: Place, who: PartyRow, row: SettlementRow, worked: Worked) -> Statement:
    """The statement of one party from a settlement worked out."""
    recipient = next(
        (r for r in worked.given.recipients if r.code == who.code), Recipient(who.code, who.name)
    )
    facts = facts_of(place, who, row.year)
    told = explanations(worked.plan, worked.given, worked.outcome, who.code, language=language(), say=gettext)
    lines = [_reason(each, facts) for each in told]
    paid_out = [each for each in lines if not each.line.memo]
    return Statement(
        put_in=tuple(_put_in(worked, recipient, facts)),
        streams=tuple(_streams(paid_out)),
        memos=tuple(each for each in lines if each.line.memo),
        nothing=tuple(_nothing(worked, who.code)),
        total_fen=sum(each.line.amount_fen for each in paid_out),
        cash_fen=sum(each.line.cash_fen for each in paid_out),
        goods_fen=sum(
            each.line.amount_fen - each.line.cash_fen - each.line.contribution_fen for each in paid_out
        ),
        kept_fen=sum(each.line.contribution_fen for each in paid_out),
    )


def facts_of(place: Place, who: PartyRow, year: int) -> dict[str, Source]:
    """Reference -> the fact in words, with a link to where it is kept."""
    found = household.linkages(place.id, who.id, timezone.localdate(), year, household.home(who.id))
    texts: dict[str, str] = {}
    disputed = disputes.open_keys(place.id)
    for put in found.contributions:
        amount = f"{yuan(put.amount_fen)} {gettext('yuan')}"
        parts = f"{shares(put.shares_e4)} {gettext('shares')}" if put.shares_e4 else ""
        origin = gettext(WORDS["origin"].get(put.origin, put.origin))
        texts[put.reference] = _joined(put.day, origin, amount, parts)
    for hand in found.deliveries:
        weight = f"{kg(hand.grams)} {gettext('kg')}"
        amount = f"{yuan(hand.amount_fen)} {gettext('yuan')}"
        argued = (
            gettext("in dispute")
            if hand.reference.removeprefix("delivery:").partition("~")[0] in disputed
            else ""
        )
        texts[hand.reference] = _joined(hand.day, hand.good, weight, amount, hand.receipt, argued)
    for count in found.tallies:
        measure = gettext(WORDS["measure"].get(count.measure, count.measure))
        texts[count.reference] = _joined(count.year, measure, quantity(count.quantity, count.unit))
    for land in found.land:
        if land.leased_mu4:
            texts[land.reference] = _joined(land.name, land.code, f"{mu(land.leased_mu4)} {gettext('mu')}")
    return {ref: Source(text, _link(place, who, ref, year)) for ref, text in texts.items()}


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _link(place: Place, who: PartyRow, reference: str, year: int) -> str:
    """The register narrowed to this party for whoever reads all; its own account for a household."""
    register = REGISTERS.get(reference.partition(":")[0])
    if register is None or not place.reads:
        return f"{reverse('member', args=[place.code, who.code])}?year={year}"
    return f"{reverse(register, args=[place.code])}?search={who.code}"


def _sources(references: tuple[str, ...], facts: Mapping[str, Source]) -> tuple[tuple[Source, ...], int]:
    told = dict.fromkeys(facts.get(ref) or Source(_kind(ref), "") for ref in references)
    return tuple(told)[:SHOWN], max(len(told) - SHOWN, 0)


def _kind(reference: str) -> str:
    """A fact this page has no words for: what kind of fact it is."""
    kind = reference.partition(":")[0]
    if kind == "settlements":
        return gettext("earlier settlements")
    return gettext(WORDS["fact"].get(kind, reference))


def _reason(line: Explanation, facts: Mapping[str, Source]) -> Reason:
    return Reason(line, *_sources(line.sources, facts))


def _streams(lines: list[Reason]) -> Iterator[Stream]:
    for stream in terms.STREAMS:
        here = tuple(each for each in lines if (each.line.stream or "other") == stream)
        if here:
            label = gettext(WORDS["stream"].get(stream, stream))
            yield Stream(label, sum(each.line.amount_fen for each in here), here)


def _nothing(worked: Worked, code: str) -> Iterator[tuple[str, str]]:
    """Steps that share among a group and give this party nothing, with the reason."""
    for step in worked.plan.steps:
        if step.among and worked.outcome.step(step.name).by_recipient.get(code) is None:
            reason = why_nothing(
                worked.plan,
                worked.given,
                worked.outcome,
                step.name,
                code,
                language=language(),
                say=gettext,
            )
            yield worked.plan.named(step.name, language(), gettext), reason


def _put_in(worked: Worked, recipient: Recipient, facts: Mapping[str, Source]) -> Iterator[PutIn]:
    """Every measure the plan knows and this party has, in the plan's own words."""
    plan = worked.plan
    text = str([(s.by, s.amount, s.rate) for s in plan.steps] + [w.formula for w in plan.weights])
    found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for name, small in recipient.measures.items():
        unit = worked.plan.measure_unit(name)
        if not unit or not small or ("." in name and name not in text):
            continue
        amount = f"{yuan(small)} {gettext('yuan')}" if unit == "yuan" else quantity(small, unit)
        label = worked.plan.named(name, language(), gettext)
        found.setdefault(tuple(recipient.sources.get(name, ())), []).append((label, amount))
    for references, amounts in found.items():
        yield PutIn(tuple(amounts), *_sources(references, facts))
