"""What is posted for all: everyone's part with masked names, on the page, on paper."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.words import label_in
from lianjie.facts.queries import child
from lianjie.ledger import parameters
from lianjie.ledger.queries import settlements, statements
from lianjie.ledger.queries.settlements import Worked
from lianjie.ledger.rules.notice import profile, shown_name
from lianjie.pages.settlement_way import language, opened


@dataclass(frozen=True)
class NoticeRow:
    """One recipient as everyone may see it: no code, no full name of a person."""

    name: str
    village: str
    cells: tuple[int | None, ...]
    total_fen: int


@dataclass(frozen=True)
class Notice:
    """The posted list. `pools` and `funds` are label and fen; `more` rows were left out."""

    columns: tuple[str, ...]
    rows: tuple[NoticeRow, ...]
    sums: tuple[int, ...]
    total_fen: int
    count: int
    more: int
    pools: tuple[tuple[str, int], ...]
    funds: tuple[tuple[str, int], ...]


def disclosure(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """The disclosed list: for every signed-in member and above. A trial is not posted."""
    place, row = opened(request, code, year, turn, "read_own")
    if not row.frozen:
        raise Http404
    worked = settlements.worked(row)
    return render(
        request,
        "disclosure/page.html",
        {
            "place": place,
            "row": row,
            "notice": notice(worked),
            "plan_title": label_in(row.plan.rules.title, language(), row.plan.code),
            "decision": statements.decision(row.id),
            "own": tuple(statements.names(place.own).values()),
        },
    )


def notice(worked: Worked, limit: int | None = None, *, audience: str = "members") -> Notice:
    """The list as an audience may see it (parameters/notice.toml).

    In order of code, so that a household finds itself where it stands in other lists.
    """
    seen_as = profile(parameters.text("notice"), audience, timezone.localdate())
    plan, outcome, tongue = worked.plan, worked.outcome, language()
    steps = [step for step in outcome.steps if step.lines]
    names = {r.code: r for r in worked.given.recipients}
    codes = sorted(outcome.totals)
    shown = codes[:limit]
    parties = statements.names_by_code(shown)
    children = child.among(shown, timezone.localdate())
    rows = []
    for each in shown:
        lines = [step.by_recipient.get(each) for step in steps]
        party = parties.get(each)
        where = [party.village if "village" in seen_as.columns else ""] if party else []
        where += [party.group if "group" in seen_as.columns else ""] if party else []
        rows.append(
            NoticeRow(
                shown_name(names[each].name, names[each].kind, seen_as.names, child=each in children),
                " ".join(filter(None, where)),
                tuple(line.amount_fen if line else None for line in lines),
                outcome.totals[each],
            )
        )
    pools: dict[str, int] = {}
    for result in outcome.steps:
        step = plan.step(result.name)
        if step is not None and step.pool and plan.part_step(step.pool) is None:
            pools.setdefault(step.pool, result.pool_fen or 0)
    return Notice(
        columns=tuple(plan.named(step.name, tongue, gettext) for step in steps),
        rows=tuple(rows),
        sums=tuple(sum(line.amount_fen for line in step.lines) for step in steps),
        total_fen=sum(outcome.totals.values()),
        count=len(codes),
        more=len(codes) - len(shown),
        pools=tuple((plan.named(pool, tongue, gettext), fen) for pool, fen in pools.items()),
        funds=tuple((plan.named(name, tongue, gettext), fen) for name, fen in outcome.parties.items()),
    )
