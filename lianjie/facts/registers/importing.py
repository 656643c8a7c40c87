"""A large file of registers as a background task: one transaction, watched and stopped from outside."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.job_run import Run
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.registers import REGISTERS, SHEETS, bringing
from lianjie.facts.registers.register import Deliver, Desk
from lianjie.facts.rules.handed import Post
from lianjie.facts.workbook import annotated, reader

SMALL = 1_000
"""Rows of a file up to which it is tried and entered while the reader waits."""
CHECKING = N_("The whole file is read and checked; nothing is written yet.")
ENTERING = N_("Rows are being entered; all of them, or none.")


def bring_in(run: Run, *, post: Post, deliver_to: Callable[[int], Deliver]) -> None:
    """The background task: payload file, name, sha256 and the rights of whoever asked.

    Fails with every problem of the file, and hands out the same file with a column of reasons; or enters all
    of it in one step. Killed before that step is over, nothing was written and the next worker begins anew.
    """
    asked = run.payload
    assert run.organisation_id is not None
    path = Path(settings.DATA) / asked["file"]
    counts: dict[str, list[int]] = dict(run.cursor.get("counts", {}))
    if not counts:
        try:
            counts = _entered(run, path, post, deliver_to(run.organisation_id))
        except Refusal as refusal:
            made = run.folder / "reasons.xlsx"
            if path.exists() and annotated(path, refusal, made):
                run.give(made, name=f"{Path(asked['name']).stem}-{gettext('reasons')}.xlsx")
            raise
    run.result["registers"] = counts
    total = sum(sum(each) for each in counts.values())
    run.report(total, total, N_("Every row of the file stands."), now=True)
    path.unlink(missing_ok=True)


def _entered(run: Run, path: Path, post: Post, deliver: Deliver) -> dict[str, list[int]]:
    """Code of a register -> rows new, corrected and unchanged."""
    asked = run.payload
    assert run.organisation_id is not None
    run.report(0, 0, CHECKING, now=True)
    source = SourceGiven("workbook", asked["name"], asked["sha256"])
    desk = Desk(Entry(run.organisation_id, source, run.asked_at, run.asked_by), post, deliver)
    raw = reader.read(path, asked["name"], SHEETS)
    file = bringing.compare(raw, REGISTERS, desk, asked["rights"])
    counts: dict[str, list[int]] = {}
    with run.step(counts=counts):
        found = bringing.enter(file, desk, lambda done, total: run.tell(done, total, ENTERING))
        counts |= {
            code: [each.new, each.corrected, each.unchanged] for code, each in found.by_register.items()
        }
    return counts
