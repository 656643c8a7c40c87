"""Background tasks: asked once, held by one, continued by the next, stopped when asked."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from lianjie.base.refusal import Refusals
from lianjie.base.words import N_
from lianjie.facts.actions import job_run as acts
from lianjie.facts.actions.job_run import HoldLost, Run, Worker
from lianjie.facts.models import JobRun, Source
from lianjie.facts.rules import job_run as rules

pytestmark = pytest.mark.both
AT = datetime(2026, 11, 1, tzinfo=UTC)


def ask(key: str = "count", kind: str = "count", **payload: object) -> int:
    return acts.enqueue(kind, key, {"to": 5, **payload}, organisation_id=None, at=AT, by=None)


def count(run: Run) -> None:
    """Writes `to` rows, one a step."""
    for number in range(run.cursor.get("at", 0), run.payload["to"]):
        run.report(number, run.payload["to"], N_("Row {row}"), now=True, row=number)
        with run.step(at=number + 1):
            Source.objects.create(kind="demo", name=f"row {number}", received_at=AT)
    run.result["rows"] = run.payload["to"]


def rows() -> list[str]:
    return list(Source.objects.order_by("pk").values_list("name", flat=True))


WHOLE = [f"row {number}" for number in range(5)]


def test_asked_twice_it_is_one_job_and_is_done_once(engine):
    assert ask() == ask()
    worker = Worker({"count": count})
    assert worker.work_one()
    assert not worker.work_one()
    row = JobRun.objects.get()
    assert (row.state, row.result, row.owner, row.done) == ("done", {"rows": 5}, "", 4)
    assert rows() == WHOLE
    with pytest.raises(rules.JobAskedOtherwise):
        ask(to=6)


def test_who_died_is_followed_by_who_watched_it_stand_still(engine):
    """The watcher's steady clock counts; the wall clock in the row may say anything."""
    pk = ask()
    dead = Worker({"count": count}).claim()
    assert dead is not None
    with dead.step(at=1):
        Source.objects.create(kind="demo", name="row 0", received_at=AT)
    JobRun.objects.filter(pk=pk).update(heartbeat_at=datetime(2099, 1, 1, tzinfo=UTC))
    watcher = Worker({"count": count}, lease=0.05)
    assert not watcher.work_one()  # seen for the first time
    threading.Event().wait(0.06)
    assert watcher.work_one()
    assert rows() == WHOLE
    with pytest.raises(HoldLost), dead.step(at=2):
        Source.objects.create(kind="demo", name="row 1", received_at=AT)
    assert rows() == WHOLE
    assert JobRun.objects.get(pk=pk).state == "done"


def test_a_worker_that_beats_is_left_alone(engine):
    ask()
    alive = Worker({}).claim()
    watcher = Worker({"count": count}, lease=0.05)
    for _ in range(4):
        assert not watcher.work_one()
        threading.Event().wait(0.06)
        alive.beat()
    assert rows() == []


def test_stopped_between_steps_and_carried_on(engine):
    pk = ask()

    def asked_to_stop(run: Run) -> None:
        if not run.cursor.get("at"):
            with run.step(at=1):
                Source.objects.create(kind="demo", name="row 0", received_at=AT)
            acts.ask_cancel(pk, by=None)
        count(run)

    Worker({"count": asked_to_stop}).work_one()
    row = JobRun.objects.get()
    assert (row.state, row.cursor, rows()) == ("cancelled", {"at": 1}, ["row 0"])
    with pytest.raises(rules.JobIsOver):
        acts.ask_cancel(pk, by=None)
    acts.carry_on(pk)
    with pytest.raises(rules.JobStillRuns):
        acts.carry_on(pk)
    Worker({"count": count}).work_one()
    assert rows() == WHOLE


def test_what_waits_is_stopped_at_once(engine):
    acts.ask_cancel(ask(), by=None)
    assert not Worker({"count": count}).work_one()
    assert JobRun.objects.get().state == "cancelled"


def test_a_worker_that_ends_lets_go(engine):
    ask()
    stopped: list[bool] = []
    Worker(
        {"count": lambda run: (stopped.append(True), count(run))}, stopping=lambda: bool(stopped)
    ).work_one()
    row = JobRun.objects.get()
    assert (row.state, row.owner, rows()) == ("waiting", "", [])
    Worker({"count": count}).work_one()
    assert rows() == WHOLE


def test_refusals_are_kept_for_readers_of_any_language(engine):
    def refuse(run: Run) -> None:
        raise Refusals([rules.JobKindUnknown(kind="a"), rules.JobKindUnknown(kind="b")])

    ask()
    Worker({"count": refuse}).work_one()
    row = JobRun.objects.get()
    assert row.state == "failed"
    assert [each.split("“")[1][0] for each in rules.unpacked(row.refusals)] == ["a", "b"]
    assert rules.unpacked(row.refusals, lambda text: f"<{text}>")[0].startswith("<Nothing")


def test_a_fault_fails_and_an_unknown_kind_is_refused(engine, caplog):
    ask("fault", "fault")
    ask("strange", "strange")
    worker = Worker({"fault": lambda run: 1 / 0})
    assert worker.work_one()
    assert worker.work_one()
    codes = {row.key: row.refusals[0]["code"] for row in JobRun.objects.all()}
    assert codes == {"fault": "JobBroke", "strange": "JobKindUnknown"}
    assert "ZeroDivisionError" in caplog.text


def test_a_job_that_ends_each_worker_is_given_up(engine):
    ask()
    for _ in range(rules.MOST_ATTEMPTS):
        watcher = Worker({}, lease=0.0)
        watcher.claim() or watcher.claim()
    watcher = Worker({"count": count}, lease=0.0)
    watcher.work_one()
    watcher.work_one()
    row = JobRun.objects.get()
    assert (row.state, row.refusals[0]["code"], rows()) == ("failed", "JobEndsItsWorker", [])


@pytest.mark.django_db(transaction=True)
def test_a_long_step_beats_by_a_thread_of_its_own(engine):
    """Half a second without a word from the job: somebody who would wait a quarter does not take it over."""
    pk = ask()
    taken: list[object] = []

    def long(run: Run) -> None:
        watcher = Worker({}, lease=0.25)
        for _ in range(6):
            threading.Event().wait(0.1)
            taken.append(watcher.claim())
        count(run)

    Worker({"count": long}, beat=0.05).work_one()
    assert taken == [None] * 6
    assert rows() == WHOLE
    assert JobRun.objects.get(pk=pk).beats > 8


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_every_job_once(engine):
    """Real threads with connections of their own: twelve jobs of five rows, sixty rows, none twice."""
    for number in range(12):
        ask(f"job {number}", name=number)
    made: list[int] = []

    def named(run: Run) -> None:
        made.append(run.payload["name"])
        count(run)

    def work() -> None:
        worker = Worker({"count": named})
        while worker.work_one():
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(made) == list(range(12))
    assert sorted(rows()) == sorted(WHOLE * 12)
    assert set(JobRun.objects.values_list("state", flat=True)) == {"done"}
