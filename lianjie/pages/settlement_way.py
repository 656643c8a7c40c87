"""Where a settlement stands and what comes next: what all its pages share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.ledger.queries import settlements
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.queries.settlements import SettlementRow
from lianjie.ledger.queries.statements import EventRow
from lianjie.ledger.rules.flow import CARRIED_OUT
from lianjie.pages import access
from lianjie.pages.access import RIGHTS, Place
from lianjie.pages.words import WORDS

STAGES = {
    "draft": "draft",
    "trial": "try",
    "disclosed": "disclose",
    "decided": "decide",
    "posted": "post",
    "paid": "paid",
    "closed": "close",
}
"""State -> the act that leads to it, in order."""


ACTS = {
    "draft": N_("Begun"),
    "plan": N_("Other plan chosen"),
    "try": N_("Tried"),
    "disclose": N_("Disclosed"),
    "decide": N_("Decided by the assembly"),
    "post": N_("Posted"),
    "pay": N_("Payment recorded"),
    "paid": N_("Marked as paid"),
    "close": N_("Closed"),
    "withdraw": N_("Withdrawn"),
    "reverse": N_("Reversed"),
}

NEXT = {
    "draft": (
        "settlement-trial",
        "settle",
        N_("Try the plan on the year's figures. Nothing is written into the books."),
        N_("Try it"),
    ),
    "trial": (
        "settlement-disclosing",
        "settle",
        N_("Look through the findings, compare where you hesitate, then disclose the result to all."),
        N_("Disclose"),
    ),
    "disclosed": (
        "settlement-decision",
        "decide",
        N_("Answer the objections. When the time for them is over, the assembly votes."),
        N_("Record the vote"),
    ),
    "decided": (
        "settlement-booking",
        "settle",
        N_("Look at the entries, then post them. The books take them once."),
        N_("Post it"),
    ),
    "posted": (
        "settlement-payments",
        "settle",
        N_("Hand over the money and record each payment with its evidence."),
        N_("Record payments"),
    ),
    "paid": (
        "settlement-payments",
        "settle",
        N_("Everyone is paid. Close the year."),
        N_("Close the year"),
    ),
}
"""State -> page of the next act, the right it needs, what to do, the button."""


@dataclass(frozen=True)
class Stage:
    """One station of the way; `event` is how it was reached last."""

    state: str
    done: bool
    current: bool
    event: EventRow | None


@dataclass(frozen=True)
class Next:
    """The one next act; `who` names the roles that may take it."""

    text: str
    link: str
    label: str
    may: bool
    who: str


@dataclass(frozen=True)
class Tab:
    """One page of the settlement."""

    link: str
    text: str
    here: bool
    count: int = 0


@dataclass(frozen=True)
class Act:
    """A line of the history in words."""

    text: str
    state: str
    reason: str
    who: str
    at: datetime


def opened(
    request: HttpRequest, code: str, year: int, turn: int, right: str = "read"
) -> tuple[Place, SettlementRow]:
    """The organisation and one settlement of it. Raises Http404 or PermissionDenied."""
    place = access.place(request, code, right)
    row = next((r for r in settlements.list_of(place.id) if (r.year, r.round) == (year, turn)), None)
    if row is None:
        raise Http404
    return place, row


def link(name: str, place: Place, row: SettlementRow) -> str:
    """Address of one of the settlement's pages."""
    return reverse(name, args=[place.code, row.year, row.round])


def stages(row: SettlementRow, events: Iterable[EventRow]) -> tuple[Stage, ...]:
    """The way from draft to closed, with what was reached."""
    last = {each.act: each for each in events}
    order = list(STAGES)
    reached = order.index(row.state) if row.state in order else -1
    return tuple(
        Stage(
            state,
            done=at < reached or (reached < 0 and act in last),
            current=at == reached,
            event=last.get(act) if at <= reached or reached < 0 else None,
        )
        for at, (state, act) in enumerate(STAGES.items())
    )


def history(events: Iterable[EventRow]) -> tuple[Act, ...]:
    """Everything that was done, the latest first."""
    return tuple(
        Act(gettext(ACTS.get(e.act, e.act)), e.state, e.text, e.who, e.at) for e in reversed(list(events))
    )


def next_act(place: Place, row: SettlementRow) -> Next | None:
    """What comes next; None when the way has ended."""
    if row.state not in NEXT:
        return None
    page, right, text, label = NEXT[row.state]
    if row.state == "posted" and not still_owed(row.id):
        text, label = N_("Nothing is owed any more. Mark the settlement as paid."), N_("Mark as paid")
    return Next(gettext(text), link(page, place, row), gettext(label), right in place.rights, who_may(right))


def who_may(right: str) -> str:
    """The roles that hold a right, in words."""
    roles = [gettext(WORDS["role"][role]) for role, rights in RIGHTS.items() if right in rights]
    return gettext(" or ").join(roles)


def tabs(place: Place, row: SettlementRow, here: str) -> tuple[Tab, ...]:
    """The settlement's pages this reader may open now."""
    asked = [
        ("settlement", N_("Way"), True, 0),
        ("settlement-trial", N_("Result") if row.frozen else N_("Trial"), True, 0),
        ("settlement-comparison", N_("Compare"), True, 0),
        (
            "settlement-objections",
            N_("Objections"),
            row.frozen,
            settlements.objections_open(row.id) if row.frozen else 0,
        ),
        ("settlement-payments", N_("Payments"), row.state in CARRIED_OUT, 0),
        ("settlement-files", N_("Files"), True, 0),
    ]
    return tuple(
        Tab(link(name, place, row), gettext(text), name == here, count)
        for name, text, shown, count in asked
        if shown and place.reads
    )


def frame(place: Place, row: SettlementRow, here: str, **more: object) -> dict[str, object]:
    """The context every page of a settlement starts from."""
    return {"place": place, "row": row, "tabs": tabs(place, row, here), **more}


def attempt(act: Callable[[], object]) -> tuple[Refusal, ...]:
    """Do it; what was refused, when it was."""
    try:
        act()
    except Refusals as many:
        return many.refusals
    except Refusal as one:
        return (one,)
    return ()


def language() -> str:
    """The reader's language as labels know it: zh-Hans, zh-Hant, en."""
    return {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}.get(get_language() or "", "en")
