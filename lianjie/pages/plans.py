"""Plans of distribution: versions, what they say as a clause, and how they differ."""

from dataclasses import dataclass
from difflib import ndiff
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from lianjie.base.words import label_in
from lianjie.ledger import standard_plans
from lianjie.ledger.queries import settlements
from lianjie.ledger.queries.settlements import PlanRow
from lianjie.ledger.rules.clause import Article, clause
from lianjie.ledger.rules.plan import Plan
from lianjie.pages import access
from lianjie.pages.plans_seen import Seen, seen_plan
from lianjie.pages.settlement_way import language


@dataclass(frozen=True)
class Version:
    """One kept version as the list shows it."""

    row: PlanRow
    title: str
    before: int | None
    used: tuple[int, ...]


@dataclass(frozen=True)
class Template:
    """A plan to begin from."""

    name: str
    title: str
    kind: str
    articles: int


@dataclass(frozen=True)
class Change:
    """A line of the clause that is only in the old version ("-"), only in the new one ("+"), or in both."""

    sign: str
    text: str


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """All kept versions, and plans to begin from."""
    place = access.place(request, code, "read_own")
    rows = settlements.plans(place.id)
    used: dict[int, list[int]] = {}
    for each in settlements.list_of(place.id):
        if each.state not in ("withdrawn", "reversed"):
            used.setdefault(each.plan.id, []).append(each.year)
    earlier = {new.id: old.version for new, old in pairwise(rows) if new.code == old.code}
    return render(
        request,
        "plans/list.html",
        {
            "place": place,
            "versions": [
                Version(
                    row,
                    label_in(row.rules.title, language(), row.code),
                    earlier.get(row.id),
                    tuple(used.get(row.id, ())),
                )
                for row in rows
            ],
            "templates": [_template(name) for name in _fitting(place.kind)],
            "may_edit": "edit_plan" in place.rights,
        },
    )


def plan(request: HttpRequest, code: str, plan_code: str, version: int) -> HttpResponse:
    """One version as the clause a member reads, with what the checks say about it."""
    place = access.place(request, code, "read_own")
    row = version_of(place.id, plan_code, version)
    seen: Seen = seen_plan(row.text)
    return render(
        request,
        "plans/plan.html",
        {
            "place": place,
            "plan": row,
            "title": label_in(row.rules.title, language(), row.code),
            "seen": seen,
            "may_edit": "edit_plan" in place.rights,
        },
    )


def toml(request: HttpRequest, code: str, plan_code: str, version: int) -> HttpResponse:
    """The version's text as a file."""
    place = access.place(request, code, "read_own")
    row = version_of(place.id, plan_code, version)
    response = HttpResponse(row.text, content_type="application/toml; charset=utf-8")
    name = f"{place.code}-{row.code}-{row.version}.toml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def differences(request: HttpRequest, code: str, plan_code: str, version: int, before: int) -> HttpResponse:
    """What a version says differently from an earlier one, article by article."""
    place = access.place(request, code, "read_own")
    old, new = version_of(place.id, plan_code, before), version_of(place.id, plan_code, version)
    return render(
        request,
        "plans/differences.html",
        {
            "place": place,
            "old": old,
            "new": new,
            "title": label_in(new.rules.title, language(), new.code),
            "changes": changes(old.rules, new.rules),
        },
    )


def changes(old: Plan, new: Plan) -> tuple[Change, ...]:
    """The two clauses, line by line."""
    before, after = ([line for a in _articles(p) for line in _lines(a)] for p in (old, new))
    found = [Change(line[0].strip(), line[2:]) for line in ndiff(before, after) if line[0] != "?"]
    return tuple(found)


def _articles(plan: Plan) -> tuple[Article, ...]:
    return clause(plan, language=language(), say=gettext)


def _lines(article: Article) -> list[str]:
    return [f"{article.heading}: {article.text}", *article.points]


def version_of(organisation_id: int, plan_code: str, version: int) -> PlanRow:
    """One kept version. Raises Http404."""
    rows = settlements.plans(organisation_id)
    row = next((r for r in rows if (r.code, r.version) == (plan_code, version)), None)
    if row is None:
        raise Http404
    return row


def _fitting(kind: str) -> list[str]:
    """Plans to begin from, those for this kind of organisation first."""
    wanted = "collective" if kind == "collective" else "coop"
    return sorted(standard_plans.NAMES, key=lambda name: standard_plans.plan(name).kind != wanted)


def _template(name: str) -> Template:
    found = standard_plans.plan(name)
    return Template(name, label_in(found.title, language(), name), found.kind, len(found.steps))
