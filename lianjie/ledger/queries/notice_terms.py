"""Terms of notice and answer as they stand for one organisation, and what is counted by them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings

from lianjie.facts import parameters as facts_parameters
from lianjie.facts.models import Party, Ruling
from lianjie.facts.queries.bank import subject
from lianjie.facts.queries.names import user_name
from lianjie.facts.rules import working_days
from lianjie.ledger import parameters
from lianjie.ledger.models import NoticeTerm
from lianjie.ledger.rules import flow, objection
from lianjie.ledger.rules import notice_term as rules
from lianjie.ledger.rules.notice_term import DayTerm


@dataclass(frozen=True)
class TermRow:
    """An office's own term. `state` waiting, approved or rejected; `since` the day it counts from."""

    number: int
    what: str
    term: DayTerm
    state: str
    since: date
    maker: str
    maker_id: int | None
    at: datetime
    ruled_by: str
    ruled_reason: str


def rows(organisation_id: int, what: str = "") -> list[TermRow]:
    """All that were ever entered, the newest first."""
    found = NoticeTerm.objects.filter(organisation_id=organisation_id).select_related("by").order_by("-pk")
    if what:
        found = found.filter(what=what)
    made = list(found)
    names = {subject(organisation_id, row.reference): row.pk for row in made}
    said = {
        names[each.subject]: each
        for each in Ruling.objects.filter(subject__in=list(names)).select_related("by")
    }
    return [_row(row, said.get(row.pk)) for row in made]


def term(organisation_id: int, what: str, day: date) -> DayTerm:
    """The term in force on a day. An approval given later counts from its own day: nothing moves back."""
    own = [
        DayTerm(row.term.days, row.term.counted, row.since, row.term.source)
        for row in rows(organisation_id, what)
        if row.state == "approved"
    ]
    return rules.in_force(own, law(organisation_id, what, day), day)


def law(organisation_id: int, what: str, day: date) -> DayTerm:
    """What counts where an office entered nothing of its own."""
    if what == "answer":
        return objection.term(parameters.text("objection"), day)
    kind = Party.objects.values_list("organisation__kind", flat=True).get(pk=organisation_id)
    return flow.disclosure_term(parameters.text("disclosure"), kind, day)


def until(organisation_id: int, what: str, start: date) -> date:
    """The last of its days after `start`. Refuses with YearNotLoaded."""
    found = term(organisation_id, what, start)
    return working_days.after(start, found.days, found.counted, days_off())


def days_off() -> working_days.DaysOff:
    """The holidays that came along, and those of the office's own file in the folder of the data."""
    own = settings.DATA / "holidays.toml"
    return _table(own.read_text("utf-8") if own.is_file() else "")


@lru_cache(maxsize=2)
def _table(own: str) -> working_days.DaysOff:
    came = facts_parameters.text("holidays")
    return working_days.days_off([came, own] if own else [came])


def _row(row: NoticeTerm, said: Ruling | None) -> TermRow:
    approved = said is not None and said.verdict == "approved"
    since = max(row.from_day, said.at.date()) if said is not None and approved else row.from_day
    return TermRow(
        row.pk, row.what, DayTerm(row.days, row.counted, row.from_day, row.source),
        said.verdict if said else "waiting", since,
        user_name(row.by), row.by_id, row.at,
        (said.by.get_full_name() or said.by.get_username()) if said else "", said.reason if said else "",
    )  # fmt: skip
