"""Background tasks on pages: who sees them, who stops them, what they hand out."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from lianjie.base.words import N_
from lianjie.facts.actions import job_run as acts
from lianjie.facts.actions.job_run import Run, Worker
from lianjie.facts.models import JobRun
from lianjie.facts.rules.job_run import JobKindUnknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(world) -> int:
    return acts.enqueue(
        "order_import",
        "orders:1",
        {},
        organisation_id=world.coop.pk,
        at=datetime(2026, 1, 2, tzinfo=UTC),
        by=world.users["chen"].pk,
        title="双十一.xlsx",
    )


def test_it_moves_is_stopped_and_carries_on(reads, job):
    chen = reads("chen")
    assert "双十一.xlsx" in chen.get("/o/C2001/tasks/").content.decode()
    worker = Worker({})
    run = worker.claim()
    run.report(30, 120, N_("Asked by"), now=True)
    page = chen.get(f"/o/C2001/tasks/{job}/").content.decode()
    assert 'value="30" max="120"' in page
    assert "25 %" in page
    assert 'hx-trigger="every 2s"' in page
    part = chen.get(f"/o/C2001/tasks/{job}/", headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")

    assert chen.post(f"/o/C2001/tasks/{job}/stop/").status_code == 302
    assert "It stops before its next step." in chen.get(f"/o/C2001/tasks/{job}/").content.decode()
    run.end("cancelled")
    page = chen.get(f"/o/C2001/tasks/{job}/").content.decode()
    assert "hx-get" not in page.split('id="progress"')[1].split(">")[0]
    chen.post(f"/o/C2001/tasks/{job}/carry-on/")
    assert JobRun.objects.get().state == "waiting"


def test_its_file_is_handed_to_whoever_may_enter(reads, job):
    def write(run: Run) -> None:
        path = run.folder / "reasons.csv"
        path.write_text("a")
        run.give(path, name="原因.csv")
        raise JobKindUnknown(kind="<b>")

    Worker({"order_import": write}).work_one()
    page = reads("chen").get(f"/o/C2001/tasks/{job}/").content.decode()
    assert "&lt;b&gt;" in page
    answer = reads("chen").get(f"/o/C2001/tasks/{job}/result/")
    assert b"".join(answer.streaming_content) == b"a"
    assert reads("luo").get(f"/o/C2001/tasks/{job}/").status_code == 200
    assert reads("luo").get(f"/o/C2001/tasks/{job}/result/").status_code == 403
    (settings.DATA / "jobs" / str(job) / "reasons.csv").unlink()
    assert reads("chen").get(f"/o/C2001/tasks/{job}/result/").status_code == 404


def test_who_may_not(reads, job):
    for path in ("tasks/", f"tasks/{job}/", f"tasks/{job}/result/"):
        assert reads("zhao").get(f"/o/C2001/{path}").status_code == 404
    assert reads("luo").post(f"/o/C2001/tasks/{job}/stop/").status_code == 403
    assert reads("chen").get("/o/C2001/tasks/999/").status_code == 404
    assert JobRun.objects.get().state == "waiting"
