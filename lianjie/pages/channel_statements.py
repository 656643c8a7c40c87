"""What channels settled: bring a settlement file in, see it against the orders, see what nobody settled."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.digest import sha256
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import job_run, order_file
from lianjie.facts.queries import channel_settlement as queries
from lianjie.facts.queries import job_run as jobs
from lianjie.facts.queries.channel_settlement import StatementRow
from lianjie.facts.rules.channel_settlement import OUTCOMES, SettlementFileTooLarge
from lianjie.facts.workbook import order_table
from lianjie.facts.workbook.order_table import LARGEST
from lianjie.pages import access, sales_forms, sales_lists
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.livestream import choices
from lianjie.pages.order_files import waiting_for_work

STATEMENTS = (
    Column("channel", N_("Sales channel")),
    Column("number", N_("Statement"), "code"),
    Column("day", N_("Settled on"), "day"),
    Column("gross_fen", N_("Gross (yuan)"), "yuan"),
    Column("back_fen", N_("Given back (yuan)"), "yuan"),
    Column("fee_fen", N_("Fee (yuan)"), "yuan"),
    Column("paid_fen", N_("Paid out (yuan)"), "yuan"),
    Column("differs", N_("differs"), "whole"),
    Column("unknown", N_("unknown"), "whole"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every statement; sent, a settlement file is brought in."""
    place = access.place(request, code, "read")
    if request.method == "POST":
        place = access.place(request, code, "enter_facts")
    chosen = choices(place)
    form = sales_forms.StatementForm(
        request.POST or None, request.FILES or None, initial={"day": timezone.localdate()},
        channels=chosen["channels"],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["file"].size > LARGEST:
                raise SettlementFileTooLarge(most=LARGEST // 2**20)
            job = _ask(request, place, given)
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            return redirect("job", place.code, job)
    context = {"jobs": jobs.page(place.id, kind="statement_import", limit=10).rows, "form": form}
    return sales_lists.listing(
        request, place, "channel_statements/list.html", queries, STATEMENTS, _cells, context,
        422 if form.errors else 200,
    )  # fmt: skip


def _cells(row: StatementRow) -> Mapping[str, Any]:
    return vars(row) | {outcome: row.counts.get(outcome, 0) for outcome in ("differs", "unknown")}


def _ask(request: HttpRequest, place: Place, given: Mapping[str, Any]) -> int:
    """Read the file and ask for the task; the same asked for twice is one task."""
    data = b"".join(given["file"].chunks())
    name, digest = given["file"].name[:100], order_file.digest_of(data)
    table = order_table.read(data, name)
    about = f"{place.id}:{given['channel']}:{given['number']}:{given['day']}:{given['into']}:{name}:{digest}"
    # Asked for twice, it is one task with one table.
    path = waiting_for_work(sha256(about))
    table.keep(path)
    payload = {
        "file": str(path.relative_to(settings.DATA)),
        "channel": given["channel"],
        "number": given["number"],
        "day": given["day"].isoformat(),
        "into": given["into"],
        "name": name,
        "sha256": digest,
    }
    return job_run.enqueue(
        "statement_import",
        f"statement:{sha256(about)}",
        payload,
        organisation_id=place.id,
        at=timezone.now(),
        by=request.user.pk,
        title=f"{given['channel']} · {given['number']} · {name}",
    )


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One statement, order by order; `?outcome=` narrows it."""
    place = access.place(request, code, "read")
    row = queries.statement(place.id, number)
    if row is None:
        raise Http404
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    lines, next_after = queries.lines(row, outcome, after=request.GET.get("after", ""))
    context = {
        "place": place,
        "statement": row,
        "lines": lines,
        "next_after": next_after,
        "outcome": outcome,
        "outcomes": [(each, row.counts.get(each, 0)) for each in OUTCOMES],
        "total": sum(row.counts.values()),
    }
    return render(request, "channel_statements/statement.html", context)


def missing(request: HttpRequest, code: str) -> HttpResponse:
    """Orders sent that stand in no statement."""
    place = access.place(request, code, "read")
    rows, next_after = queries.missing(
        place.id, until=timezone.localdate(), after=request.GET.get("after", "")
    )
    context = {"place": place, "rows": rows, "next_after": next_after}
    return render(request, "channel_statements/missing.html", context)
