"""Workshops by what was paid: papers for the reward, notice board, public posts, wage ledger, an area."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Finding
from lianjie.base.words import N_
from lianjie.facts.queries import assignments
from lianjie.facts.queries import work as queries
from lianjie.facts.queries import workshop as paid
from lianjie.facts.rules import work as rules
from lianjie.facts.rules import workshop as measures
from lianjie.ledger.documents.tables import Column as PaperColumn
from lianjie.ledger.documents.tables import Paper, Part, tables_pdf
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.format import day as day_text
from lianjie.pages.format import last_day, shares, word, yuan
from lianjie.pages.settlement_way import language

LEDGER = (
    Column("employer", N_("Employer")),
    Column("first_day", N_("Worked from"), "day"),
    Column("last_day", N_("Up to"), "day"),
    Column("pay_day", N_("Paid on"), "day"),
    Column("code", N_("Code"), "code"),
    Column("name", N_("Full name")),
    Column("identity", N_("Identity number (masked)"), "code"),
    Column("phone", N_("Telephone")),
    Column("days_e4", N_("Days"), "shares"),
    Column("hours_e4", N_("Hours"), "shares"),
    Column("pieces_e4", N_("Pieces"), "shares"),
    Column("months_e4", N_("Months"), "shares"),
    Column("items", N_("Work")),
    Column("earned_fen", N_("Earned (yuan)"), "yuan"),
    Column("taken_off_fen", N_("Taken off (yuan)"), "yuan"),
    Column("fen", N_("Net (yuan)"), "yuan"),
    Column("method", N_("Paid by"), "word:wage_method"),
    Column("evidence", N_("Bank's receipt or signature")),
)
POSTS = (
    Column("number", N_("Number of the agreement"), "code"),
    Column("job", N_("Job")),
    Column("name", N_("Held by")),
    Column("code", N_("Code"), "code"),
    Column("village", N_("Village")),
    Column("funder", N_("Paid for by")),
    Column("start", N_("From"), "day"),
    Column("until", N_("Last day"), "last_day"),
    Column("rate", N_("Rate (yuan)"), "yuan"),
    Column("basis", N_("Basis of pay"), "word:wage_basis"),
    Column("months", N_("Paid months"), "whole"),
    Column("fen", N_("Wages paid (yuan)"), "yuan"),
)
AREA = (
    Column("organisation", N_("Organisation")),
    Column("village", N_("Village")),
    Column("code", N_("Code"), "code"),
    Column("name", N_("Workshop")),
    Column("form", N_("Form of the workshop"), "word:workshop_form"),
    Column("recognised", N_("Recognised for (persons)"), "whole"),
    Column("persons", N_("Actually paid (persons)"), "whole"),
    Column("stable", N_("Stable work (persons)"), "whole"),
    Column("months", N_("Months with pay"), "whole"),
    Column("fen", N_("Wages paid (yuan)"), "yuan"),
    Column("doubtful", N_("Doubtful"), "yes_no"),
)
MONTHS = (6, 12)


def papers(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """What an office asks for the reward: what lacks, in words, and the papers to print."""
    place = access.place(request, code, "read")
    found, wanted = _shop(place, shop), _months(request)
    versions, asked, lacks = _criteria(request, place, shop, wanted)
    return render(
        request,
        "work/papers.html",
        {
            "place": place,
            "shop": found,
            "months": paid.months(place.id, shop, wanted),
            "until": wanted[-1],
            "number": len(wanted),
            "numbers": MONTHS,
            "criteria": asked,
            "versions": versions[asked.code],
            "all_criteria": [of[-1] for of in versions.values()],
            "findings": lacks,
            "attach": measures.papers_to_attach(measures.last_day(wanted[-1])),
        },
    )


def papers_pdf(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """Roster, wages by month and attendance of some months, in one PDF."""
    place = access.place(request, code, "read")
    found, wanted = _shop(place, shop), _months(request)
    _, asked, lacks = _criteria(request, place, shop, wanted)
    parts = [_lacking(asked, lacks, measures.last_day(wanted[-1]))]
    parts += [_roster(place, shop, wanted), _by_month(place, shop, wanted)]
    parts += _vouchers(place, shop, wanted)
    paper = Paper(
        title=gettext("Papers for the reward of a workshop"),
        name=place.name,
        code=place.code,
        area=place.area_name,
        invented=place.invented,
        facts=_facts(found, wanted),
        parts=parts,
        signatures=(gettext("Made by"), gettext("Chair"), gettext("Day")),
        wide=True,
    )
    return _pdf(paper, f"{place.code}-{shop}-{wanted[-1]}.pdf")


def board_pdf(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """Attendance and pay of a month for the wall, names masked."""
    place = access.place(request, code, "read")
    found, month = _shop(place, shop), _months(request)[-1]
    rows = paid.attendance(place.id, shop, month)
    part = _attendance(rows, masked=True, text=gettext("Names are masked; each knows the code."))
    paper = Paper(
        title=gettext("Attendance and pay of %(month)s") % {"month": month},
        name=place.name,
        code=place.code,
        area=place.area_name,
        invented=place.invented,
        facts=_facts(found, [month]),
        parts=(part,),
        signatures=(gettext("Posted by"), gettext("Day")),
        wide=True,
    )
    return _pdf(paper, f"{place.code}-{shop}-board-{month}.pdf")


def posts(request: HttpRequest, code: str) -> HttpResponseBase:
    """Public posts: who holds them, who pays, the months paid; `?as=csv` or `?as=xlsx` as a file."""
    place = access.place(request, code, "read")
    rows = paid.posts(place.id)
    if request.GET.get("as") in ("csv", "xlsx"):
        cells = [
            vars(row.terms)
            | {
                "code": row.terms.worker, "name": row.name, "village": row.village,
                "rate": row.terms.rate_fen, "months": len(row.paid_months), "fen": row.paid_fen,
            }
            for row in rows
        ]  # fmt: skip
        name = f"{place.code}-public-posts"
        return export.as_asked(request.GET["as"], name, columns.heading(POSTS), columns.written(POSTS, cells))
    return render(request, "work/posts.html", {"place": place, "rows": rows})


def ledger(request: HttpRequest, code: str) -> HttpResponseBase:
    """The wage ledger of a year, kept as long as the books; `?as=csv` or `?as=xlsx` as a file."""
    place = access.place(request, code, "read")
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and 2000 <= int(asked) <= 2100 else today.year
    start, until = date(year, 1, 1), date(year + 1, 1, 1)
    rows = list(paid.ledger(place.id, start, until, request.GET.get("workshop", "")[:40]))
    if request.GET.get("as") in ("csv", "xlsx"):
        cells = (vars(row) | {"employer": place.name, "fen": row.fen, "phone": ""} for row in rows)
        name = f"{place.code}-wages-{year}"
        return export.as_asked(
            request.GET["as"], name, columns.heading(LEDGER), columns.written(LEDGER, cells)
        )
    context = {
        "place": place,
        "rows": rows,
        "year": year,
        "years": range(today.year, today.year - 5, -1),
        "fen": sum(row.fen for row in rows),
    }
    return render(request, "work/ledger.html", context)


def of_area(request: HttpRequest, code: str) -> HttpResponseBase:
    """Workshops of an area for its supervisor: recognised and actually paid, stable work, doubtful ones."""
    granted, today = access.grants(request), timezone.localdate()
    here = assignments.area(granted, code, today)
    if here is None:
        raise Http404
    wanted = _months(request, otherwise=12)
    ended = measures.last_day(wanted[-1])
    asked = request.GET.get("stable", "")
    stable = int(asked) if asked.isdigit() and 1 <= int(asked) <= 12 else measures.stable_months(ended)
    form = request.GET.get("form", "")
    places = [
        each
        for each in assignments.organisations(granted, under=here.path, limit=5_000)
        if access.allows(granted, "read", each)
    ]
    rows = paid.of_area(
        [each.id for each in places], wanted, stable, form=form if form in rules_forms() else ""
    )
    if request.GET.get("as") in ("csv", "xlsx"):
        cells = (
            vars(row)
            | vars(row.measured)
            | {"organisation": row.organisation_name, "months": row.measured.paid_months}
            for row in rows
        )
        name = f"{code}-workshops"
        return export.as_asked(request.GET["as"], name, columns.heading(AREA), columns.written(AREA, cells))
    return render(
        request,
        "work/area.html",
        {
            "area": here,
            "rows": rows,
            "forms": [
                (each, [row for row in rows if row.form == each])
                for each in rules_forms()
                if form in ("", each)
            ],
            "by_form": _by_form(rows),
            "until": wanted[-1],
            "number": len(wanted),
            "stable": stable,
            "form": form,
            "rule": measures.shell_rule(ended),
        },
    )


def rules_forms() -> tuple[str, ...]:
    """The forms a workshop can have."""
    return ("factory", "home", "coop")


def _by_form(rows: list[paid.AreaRow]) -> list[dict[str, object]]:
    found = []
    for form in rules_forms():
        some = [row.measured for row in rows if row.form == form]
        found.append(
            {
                "form": form,
                "workshops": len(some),
                "active": sum(1 for each in some if each.persons),
                "persons": sum(each.persons for each in some),
                "stable": sum(each.stable for each in some),
                "doubtful": sum(1 for each in some if each.doubtful),
                "fen": sum(each.fen for each in some),
            }
        )
    return found


def _criteria(
    request: HttpRequest, place: Place, shop: str, wanted: list[str]
) -> tuple[rules.Versions, rules.Criteria, tuple[Finding, ...]]:
    """Every version there is, the one that judges the months, and what lacks under it.

    The code asked for, or that of the last recognition; of it the version in force when the months ended.
    """
    known, last = queries.criteria(), measures.last_day(wanted[-1])
    recognised = [row.criteria.code for row in queries.recognitions(place.id, shop) if row.criteria]
    code = request.GET.get("criteria", "")
    if code not in known:
        code = recognised[-1] if recognised else next(iter(known))
    asked = rules.criteria_on(known, code, last) or known[code][0]
    lacks = measures.missing(
        asked,
        [row.terms for row in queries.agreements(place.id, shop)],
        paid.by_worker(paid.paid([place.id], shop)),
        paid.vouchers(place.id, shop, wanted),
        wanted,
        queries.floors(place.id),
    )
    return known, asked, lacks


def _lacking(asked: rules.Criteria, lacks: Sequence[Finding], last: date) -> Part:
    lines = [each.say(gettext) for each in lacks]
    lines += [
        gettext("To be attached: %(paper)s") % {"paper": each} for each in measures.papers_to_attach(last)
    ]
    until = f" {last_day(asked.until)}" if asked.until else ""
    said = f"{day_text(asked.start)} –{until} · {asked.source}"
    if not lacks:
        said = f"{said} · {gettext('Nothing lacks in the records.')}"
    return Part(title=gettext("Local criteria, and what lacks"), text=said, list=lines)


def _roster(place: Place, shop: str, wanted: list[str]) -> Part:
    rows = paid.roster(place.id, shop, wanted)
    return Part(
        title=gettext("Roster of everyone paid"),
        columns=(
            PaperColumn(gettext("Code")), PaperColumn(gettext("Full name")),
            PaperColumn(gettext("Identity number (masked)")), PaperColumn(gettext("Village")),
            PaperColumn(gettext("Work"), long=True), PaperColumn(gettext("Number of the agreement")),
            PaperColumn(gettext("From")), PaperColumn(gettext("Months with pay"), right=True),
            PaperColumn(gettext("Wages paid (yuan)"), right=True),
        ),
        rows=[
            (
                terms.worker, name, identity, village,
                terms.job + (f" ({gettext('Contract work')})" if terms.home else ""), terms.number,
                day_text(terms.start), str(number), yuan(fen),
            )
            for terms, name, identity, village, number, fen in rows
        ],
        sums=("", "", "", "", gettext("Sum"), "", "", "", yuan(sum(row[5] for row in rows))),
    )  # fmt: skip


def _by_month(place: Place, shop: str, wanted: list[str]) -> Part:
    evidence = paid.vouchers(place.id, shop, wanted)
    return Part(
        title=gettext("Recognised, and actually paid"),
        columns=(
            PaperColumn(gettext("Month")), PaperColumn(gettext("Recognised for (persons)"), right=True),
            PaperColumn(gettext("Actually paid (persons)"), right=True),
            PaperColumn(gettext("Wages paid (yuan)"), right=True),
            PaperColumn(gettext("Vouchers"), long=True),
        ),
        rows=[
            (row.month, str(row.recognised), str(row.persons), yuan(row.fen), evidence[row.month])
            for row in paid.months(place.id, shop, wanted)
        ],
    )  # fmt: skip


def _vouchers(place: Place, shop: str, wanted: list[str]) -> Iterator[Part]:
    """A sheet for each month with work; the months without are named together."""
    worked = {month: paid.attendance(place.id, shop, month) for month in wanted}
    for month, rows in worked.items():
        if rows:
            title = gettext("Wages and attendance of %(month)s") % {"month": month}
            yield _attendance(rows, title=title, break_before=True)
    if idle := [month for month, rows in worked.items() if not rows]:
        yield Part(title=gettext("Months without work"), text=" · ".join(idle))


def _attendance(rows: list[paid.Attendance], *, masked: bool = False, **part: Any) -> Part:
    """Who worked when and what was paid; on the wall only the first character of a name stands."""
    sums = yuan(sum(row.worth_fen for row in rows)), yuan(sum(row.paid_fen for row in rows))
    return Part(
        columns=(
            PaperColumn(gettext("Code")),
            PaperColumn(gettext("Full name")),
            PaperColumn(gettext("Days of the month, and what was counted"), long=True),
            PaperColumn(gettext("Counted"), right=True),
            PaperColumn(gettext("Worth (yuan)"), right=True),
            PaperColumn(gettext("Wages paid (yuan)"), right=True),
        ),
        rows=[
            (
                row.code,
                f"{row.name[:1]}**" if masked else row.name,
                " · ".join(f"{day}: {shares(number)}" for day, number in row.days),
                f"{shares(row.total_e4)} {word(row.basis, 'wage_basis')}",
                yuan(row.worth_fen),
                yuan(row.paid_fen),
            )
            for row in rows
        ],
        sums=("", "", gettext("Sum"), "", *sums),
        **part,
    )


def _facts(shop: queries.WorkshopRow, wanted: list[str]) -> list[tuple[str, str]]:
    return [
        (gettext("Workshop"), f"{shop.name} {shop.code}"),
        (gettext("Form of the workshop"), word(shop.form, "workshop_form")),
        (gettext("Place"), shop.address),
        (gettext("Months"), wanted[0] if len(wanted) == 1 else f"{wanted[0]} – {wanted[-1]}"),
    ]


def _pdf(paper: Paper, name: str) -> HttpResponse:
    made = tables_pdf(paper, language=language(), say=gettext, dated=timezone.localdate())
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _months(request: HttpRequest, otherwise: int = 6) -> list[str]:
    """The months asked for; without an answer, those up to the last ended month."""
    today = timezone.localdate()
    last = f"{today:%Y-%m}"
    asked = request.GET.get("until", "")[:7]
    try:
        date.fromisoformat(f"{asked}-01")
    except ValueError:
        asked = measures.months_until(last, 2)[0]
    number = request.GET.get("months", "")
    return measures.months_until(
        asked, int(number) if number.isdigit() and 1 <= int(number) <= 24 else otherwise
    )


def _shop(place: Place, code: str) -> queries.WorkshopRow:
    rows = queries.workshops(place.id, timezone.localdate())
    found = next((row for row in rows if row.code == code), None)
    if found is None:
        raise Http404
    return found
