"""Platforms' order files: choose one, settle its columns, see what it says, bring it in as a background task.

Between these steps the file waits as a table in the data folder under a name nobody can guess. Receivers'
names, phones and addresses are taken out of it before the task is asked for, unless they are to be kept.
"""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.actions import job_run, order_file, order_rows
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import job_run as jobs
from lianjie.facts.queries import market
from lianjie.facts.queries import order_file as queries
from lianjie.facts.rules import order_file as rules
from lianjie.facts.rules import order_file_rows as reading
from lianjie.facts.rules.order_file import FileMapping
from lianjie.facts.workbook import order_table
from lianjie.facts.workbook.order_table import OrderTable
from lianjie.ledger.actions.posting import post
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.export import XLSX
from lianjie.pages.fact_form import language
from lianjie.pages.workbook import waiting_file

SHOWN, SMALL = 50, 20_000
"""Problems on the page; rows up to which what would be new is counted, and reasons are written, at once."""
MOST_WORDS = 60


def home(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a channel and a file; what was brought in before."""
    place = access.place(request, code, "read")
    context = {
        "place": place,
        "channels": market.channels(place.id),
        "jobs": jobs.page(place.id, kind="order_import", limit=20).rows,
        "layouts": queries.titles(language()).items(),
        "may_enter": "enter_facts" in place.rights,
    }
    return render(request, "order_files/home.html", context)


def sample(request: HttpRequest, code: str, layout: str) -> HttpResponse:
    """A file as the platform of a layout would export it, to try the way in with."""
    access.place(request, code, "read")
    data = queries.sample(layout)
    if data is None:
        raise Http404
    heads = {"Content-Disposition": f'attachment; filename="{layout}.csv"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=heads)


def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Read the chosen file and keep it for the next steps."""
    place = access.place(request, code, "enter_facts")
    given, channel = request.FILES.get("file"), request.POST.get("channel", "")
    if given is None or channel not in {each.code for each in market.channels(place.id)}:
        messages.error(request, gettext("Choose a channel and a file first."))
        return redirect("order-files", place.code)
    try:
        if given.size > order_table.LARGEST:
            most = order_table.LARGEST // 2**20
            raise order_table.OrderFileTooLarge(size=-(-given.size // 2**20), most=most)
        data = b"".join(given.chunks())
        table = order_table.read(data, given.name[:150])
    except Refusal as refusal:
        messages.error(request, refusal.say(gettext))
        return redirect("order-files", place.code)
    token = secrets.token_hex(16)
    table.keep(_path(token))
    request.session[_session(place)] = {
        "token": token,
        "channel": channel,
        "name": given.name[:150],
        "sha256": order_file.digest_of(data),
    }
    return redirect("order-columns", place.code)


def columns(request: HttpRequest, code: str) -> HttpResponse:
    """Which column is which, what words mean, which product the goods are; saved for the channel."""
    place = access.place(request, code, "enter_facts")
    waiting, table = _waiting(request, place)
    if table is None:
        return _gone(request, place)
    mapping = _begun(place, waiting["channel"], table, request.GET.get("layout", ""))
    problems: list[Refusal] = []
    if request.method == "POST":
        mapping = _posted(request.POST, mapping)
        problems = rules.check_columns(mapping, table.captions)
        open_words = [] if problems else _open(place, table, mapping)
        if not problems and not open_words:
            order_file.settle_mapping(waiting["channel"], mapping, _books(request, place))
            return redirect("order-preview", place.code)
        problems += open_words
    context = _frame(place, waiting, table) | {
        "mapping": mapping,
        "problems": problems,
        "fields": [{"field": each, "chosen": mapping.columns.get(each.code, "")} for each in rules.FIELDS],
        "captions": [caption for caption in table.captions if caption],
        "sample": [row[1:] for row in table.frame.head(3).iter_rows()],
        "shapes": rules.SHAPES,
        "meanings": rules.MEANINGS,
        "kinds": rules.BACK_KINDS,
        "states": _words(table, mapping.columns.get("state", ""), mapping.states),
        "backs": _words(table, mapping.columns.get("refund_state", ""), mapping.refunds),
        "goods": _goods(place, table, mapping),
        "products": market.products(place.id),
        "layouts": queries.titles(language()).items(),
    }
    return render(request, "order_files/columns.html", context, status=422 if problems else 200)


def preview(request: HttpRequest, code: str) -> HttpResponse:
    """What the file says, all of it checked; sent, the background task is asked for."""
    place = access.place(request, code, "enter_facts")
    waiting, table = _waiting(request, place)
    mapping = queries.mapping(place.id, waiting["channel"]) if table is not None else None
    if table is None or mapping is None:
        return _gone(request, place)
    try:
        found = order_file.understood(table, mapping, place.id, timezone.localdate())
    except Refusals as refusals:
        for each in refusals.refusals:
            messages.error(request, each.say(gettext))
        return redirect("order-columns", place.code)
    small = found.rows <= SMALL
    if request.method == "POST" and not (found.problems and small):
        return redirect("job", place.code, _ask(request, place, waiting, table, mapping))
    some = order_rows.Slice.of(found, 0, SMALL, waiting["channel"], table.sheet)
    outcomes: dict[str, int] = {}
    if small and not found.problems:
        outcomes = dict(order_rows.compared(some, place.id).get_column("outcome").value_counts().iter_rows())
    context = _frame(place, waiting, table) | {
        "found": found,
        "orders": found.orders.height,
        "gross": found.orders.get_column("amount_fen").sum(),
        "back": found.lines.get_column("refund_fen").sum() + found.orders.get_column("refund_fen").sum(),
        "sample": list(found.orders.head(8).iter_rows(named=True)),
        "outcomes": {
            name: outcomes.get(name, 0) for name in ("new", "unchanged", "sent", "corrected", "left")
        },
        "counted": small and not found.problems,
        "problems": [(each.place, each.reason(gettext)) for each in found.problems[:SHOWN]],
        "small": small,
        "mapping": mapping,
    }
    return render(request, "order_files/preview.html", context, status=422 if found.problems else 200)


def reasons(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same rows as a workbook with a column of reasons."""
    place = access.place(request, code, "enter_facts")
    waiting, table = _waiting(request, place)
    mapping = queries.mapping(place.id, waiting["channel"]) if table is not None else None
    if table is None or mapping is None:
        return _gone(request, place)
    found = order_file.understood(table, mapping, place.id, timezone.localdate())
    path = waiting_file(waiting["token"], "order-reasons")
    order_table.annotated(table, list(found.problems), path, gettext)
    name = f"{Path(waiting['name']).stem}-{gettext('reasons')}.xlsx"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


def _ask(
    request: HttpRequest, place: Place, waiting: Mapping[str, str], table: OrderTable, mapping: FileMapping
) -> int:
    """Ask for the task; pressed twice, it is one. The table goes without receivers unless they are wanted."""
    path = waiting_for_work(waiting["token"])
    if not path.exists():
        order_file.without_receivers(table, mapping).keep(path)
    payload = {
        "file": str(path.relative_to(settings.DATA)),
        "channel": waiting["channel"],
        "name": waiting["name"],
        "sha256": waiting["sha256"],
        "mapping": vars(mapping),
    }
    return job_run.enqueue(
        "order_import",
        f"orders:{waiting['token']}",
        payload,
        organisation_id=place.id,
        at=timezone.now(),
        by=request.user.pk,
        title=f"{waiting['channel']} · {waiting['name']}",
    )


def waiting_for_work(token: str) -> Path:
    """Where the table of a file waits for its background task."""
    folder = Path(settings.DATA) / "jobs" / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{token}.parquet"


def _begun(place: Place, channel: str, table: OrderTable, wanted: str) -> FileMapping:
    """What was settled before, as far as this file has it; else what a layout that ships would say."""
    saved = queries.mapping(place.id, channel)
    if saved is not None and not wanted:
        return saved
    of = next((each for each in queries.layouts() if each.code == wanted), None)
    first = rules.begun(of or rules.guessed(queries.layouts(), table.captions), table.captions)
    goods = dict(saved.goods) if saved else {}
    return FileMapping(**(vars(first) | {"goods": goods}))


def _posted(sent: Mapping[str, Any], before: FileMapping) -> FileMapping:
    def of(kind: str) -> dict[str, str]:
        start = f"{kind}:"
        return {
            name.removeprefix(start): str(value)
            for name, value in sent.items()
            if name.startswith(start) and value
        }

    return FileMapping(
        before.layout,
        sent.get("shape") if sent.get("shape") in rules.SHAPES else before.shape,
        of("column"),
        dict(before.states) | of("state"),
        dict(before.refunds) | of("back"),
        dict(before.goods) | of("goods"),
        sent.get("personal") == "on",
    )


def _open(place: Place, table: OrderTable, mapping: FileMapping) -> list[Refusal]:
    """Words and goods nobody has settled yet."""
    products = {each.code for each in market.products(place.id)}
    problems: list[Refusal] = []
    for word in reading.words(table.frame, table.captions, mapping.columns["state"]):
        if word not in mapping.states:
            problems.append(rules.OrderWordOpen(text=word))
    for title in reading.goods(table.frame, table.captions, mapping, sorted(products)):
        if mapping.goods.get(title) not in products:
            problems.append(rules.OrderGoodsOpen(text=title))
    return problems


def _words(table: OrderTable, caption: str, meanings: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Words under a caption, how often, and what each means so far."""
    found = list(reading.words(table.frame, table.captions, caption).items())[:MOST_WORDS]
    return [(word, count, meanings.get(word, "")) for word, count in found]


def _goods(place: Place, table: OrderTable, mapping: FileMapping) -> list[tuple[str, int, str]]:
    products = sorted(each.code for each in market.products(place.id))
    found = reading.goods(table.frame, table.captions, mapping, products)
    return [(title, count, mapping.goods.get(title, "")) for title, count in list(found.items())[:MOST_WORDS]]


def _waiting(request: HttpRequest, place: Place) -> tuple[dict[str, str], OrderTable | None]:
    waiting = request.session.get(_session(place)) or {}
    token = str(waiting.get("token", ""))
    if not re.fullmatch(r"[0-9a-f]{32}", token) or not _path(token).exists():
        return {}, None
    return waiting, OrderTable.kept(_path(token))


def _gone(request: HttpRequest, place: Place) -> HttpResponse:
    messages.error(request, gettext("The file is no longer here. Choose it again."))
    return redirect("order-files", place.code)


def _frame(place: Place, waiting: Mapping[str, str], table: OrderTable) -> dict[str, object]:
    return {
        "place": place,
        "name": waiting["name"],
        "channel": waiting["channel"],
        "rows": table.frame.select(pl.len()).item(),
    }


def _books(request: HttpRequest, place: Place) -> Books:
    return Books(place.id, SourceGiven("page", gettext("Order files")), timezone.now(), request.user.pk, post)


def _session(place: Place) -> str:
    return f"order-file:{place.code}"


def _path(token: str) -> Path:
    return waiting_file(token, "orders").with_suffix(".parquet")
