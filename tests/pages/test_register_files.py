"""Registers as Excel on pages: tried first, entered after, the reader's own file back with reasons."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from lianjie.facts import registers
from lianjie.facts.actions import stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.job_run import Worker, stop_file
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.models import JobRun, Lot
from lianjie.facts.registers.importing import SMALL
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.project.worker import HANDLERS

pytestmark = pytest.mark.both
O = "/o/C2001"  # noqa: E741
LOT = ("ZY-09", date(2025, 3, 1), "芋种", 120.5, "公斤", None, "拨给", "=县农技站", None)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def filled(client, *rows) -> bytes:
    """The template of the stock with some lots written into it."""
    workbook = openpyxl.load_workbook(BytesIO(body(client.get(f"{O}/files/of/in-kind/template/"))))
    sheet = workbook["Lots received"]
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    made = BytesIO()
    workbook.save(made)
    return made.getvalue()


def sent(client, data: bytes):
    return client.post(f"{O}/files/check/", {"file": SimpleUploadedFile("批次.xlsx", data)})


def test_a_template_is_filled_tried_entered_and_the_same_again_changes_nothing(reads):
    chen = reads("chen")
    data = filled(chen, LOT)
    tried = sent(chen, data)
    assert tried.status_code == 200
    assert (tried.context["brought"].new, Lot.objects.count()) == (1, 0), "tried, not written"
    assert chen.post(f"{O}/files/confirm/").status_code == 302
    lot = Lot.objects.get()
    assert (lot.key, lot.quantity, lot.giver) == ("ZY-09", 120_500, "=县农技站")
    assert lot.place == "Lots received!A2", "which row made it"
    again = sent(chen, data)
    assert "Enter the file" not in again.content.decode(), "nothing to enter"
    assert again.context["brought"].unchanged == 1
    out = body(chen.get(f"{O}/files/of/in-kind/?register=lots&search=zy-09"))
    cell = openpyxl.load_workbook(BytesIO(out))["Lots received"]["H2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=县农技站", "s", True), "text, no formula"
    assert sent(chen, out).context["brought"].unchanged == 1


def test_a_wrong_row_comes_back_in_the_readers_own_file(reads):
    chen = reads("chen")
    refused = sent(
        chen, filled(chen, LOT, ("ZY-10", date(2025, 3, 1), "芋种", 5, "件", None, "拨给", None, None))
    )
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Lots received" in page
    assert Lot.objects.count() == 0
    back = openpyxl.load_workbook(BytesIO(body(chen.get(f"{O}/files/reasons/"))))["Lots received"]
    assert "芋种" in back.cell(3, back.max_column).value
    assert back.cell(2, back.max_column).value is None


def test_only_those_who_may_bring_in_or_take_out(reads, client):
    data = filled(reads("chen"), LOT)
    wei = reads("wei")
    for address in ("/files/", "/files/of/in-kind/", "/files/of/in-kind/template/"):
        assert wei.get(O + address).status_code == 403
        assert reads("zhao").get(O + address).status_code == 404
    assert reads("luo").get(f"{O}/files/").status_code == 200
    assert sent(reads("luo"), data).status_code == 422
    guo = sent(reads("guo"), data)
    assert guo.status_code == 422, "whoever decides does not enter"
    assert [row["place"].sheet for row in guo.context["rows"]] == ["Lots received"]


def test_files_of_one_organisation_hold_nothing_of_another(reads, world):
    books = Books(world.other.pk, SourceGiven("page", "x"), datetime(2026, 1, 1, tzinfo=UTC), None, post)
    stock.receive(Receiving("FREMD", date(2025, 1, 1), Goods("苹果苗", "piece", 10_000), "bought"), books)
    for family in registers.FAMILIES:
        out = body(reads("chen").get(f"{O}/files/of/{family.code}/"))
        for sheet in openpyxl.load_workbook(BytesIO(out)):
            if sheet.title != "Examples":
                assert not [row for row in sheet.iter_rows(values_only=True) if "FREMD" in row]
    assert reads("chen").get(f"{O}/files/of/nothing/").status_code == 404


def many(first: int, last: int, **wrong: int) -> list[tuple]:
    """Lots by number; `wrong` gives one of them a quantity."""
    return [
        (f"ZY-{n}", date(2025, 3, 1), "芋种", wrong.get(f"lot{n}", 5), "公斤", None, "拨给", None, None)
        for n in range(first, last)
    ]


def kept() -> set[Path]:
    """Files that background tasks hold; other tests of this process leave theirs."""
    return set((settings.DATA / "jobs" / "files").glob("*.xlsx"))


def asked(client, data: bytes) -> JobRun:
    """The background task a large file makes."""
    page = sent(client, data)
    assert page.status_code == 200
    assert "Check and enter the file" in page.content.decode()
    assert client.post(f"{O}/files/confirm/").status_code == 302
    return JobRun.objects.latest("pk")


def test_a_large_file_is_entered_in_the_background_and_again_changes_nothing(reads):
    chen = reads("chen")
    data = filled(chen, *many(0, SMALL + 1))
    before = kept()
    job = asked(chen, data)
    assert kept() > before
    assert Lot.objects.count() == 0
    assert Worker(HANDLERS).work_one()
    assert Lot.objects.count() == SMALL + 1
    page = chen.get(f"{O}/tasks/{job.pk}/")
    assert page.context["counts"] == [
        {"caption": "Lots received", "new": SMALL + 1, "corrected": 0, "unchanged": 0}
    ]
    assert "Lots received" in page.content.decode()
    again = asked(chen, data)
    assert Worker(HANDLERS).work_one()
    again.refresh_from_db()
    assert again.result["registers"]["lots"] == [0, 0, SMALL + 1]
    assert "批次.xlsx" in chen.get(f"{O}/files/").content.decode()
    assert kept() == before, "no copy is left behind"


def test_a_large_file_with_one_wrong_row_writes_nothing_and_comes_back_with_its_reason(reads):
    chen = reads("chen")
    job = asked(chen, filled(chen, *many(0, SMALL + 1, lot700=0)))
    assert Worker(HANDLERS).work_one()
    assert Lot.objects.count() == 0
    page = chen.get(f"{O}/tasks/{job.pk}/").content.decode()
    assert "Nothing was written." in page
    assert re.search(r"Lots received.*?Row 702", page)
    back = openpyxl.load_workbook(BytesIO(body(chen.get(f"{O}/tasks/{job.pk}/result/"))))["Lots received"]
    assert "above zero" in back.cell(702, back.max_column).value


def test_it_says_how_far_it_is_and_is_stopped_within_its_one_step(reads, world):
    chen = reads("chen")
    job = asked(chen, filled(chen, *many(0, SMALL + 1)))
    worker = Worker(HANDLERS)
    run = worker.claim()
    run.tell(500, SMALL + 1, "Rows are being entered; all of them, or none.")
    page = chen.get(f"{O}/tasks/{job.pk}/").content.decode()
    assert f'value="500" max="{SMALL + 1}"' in page
    stop_file(job.pk).write_text(str(world.users["chen"].pk))
    worker.do(run)
    job.refresh_from_db()
    assert (job.state, job.cancel_by, Lot.objects.count()) == ("cancelled", world.users["chen"], 0)
    assert "Carrying on begins the file anew" in chen.get(f"{O}/tasks/{job.pk}/").content.decode()
    chen.post(f"{O}/tasks/{job.pk}/carry-on/")
    assert Worker(HANDLERS).work_one()
    assert Lot.objects.count() == SMALL + 1
