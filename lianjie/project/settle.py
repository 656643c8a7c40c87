"""`lianjie settle`: from a workbook to every paper of the year, without a server.

The workbook goes through the same door as on the pages, into a database of its own that is thrown away after.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.utils.translation import gettext, ngettext

from lianjie.base.period import Period
from lianjie.base.refusal import Finding, Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts import workbook
from lianjie.facts.actions.intake import enter_workbook
from lianjie.facts.queries import parties
from lianjie.facts.rules.book import Book
from lianjie.ledger import parameters, standard_plans
from lianjie.ledger.actions.posting import post
from lianjie.ledger.documents import folder
from lianjie.ledger.documents.papers import Issuer, Papers
from lianjie.ledger.documents.statement import unprintable
from lianjie.ledger.queries import balances, journal
from lianjie.ledger.queries.given import given as gather
from lianjie.ledger.rules import checks, flow, plan_text, settlement, year
from lianjie.ledger.rules.entry import Entry
from lianjie.ledger.rules.plan import Plan, in_force
from lianjie.ledger.rules.step_booking import booked_steps, entries
from lianjie.pages.settlement_way import language
from lianjie.project.settings import _database

SayIt = Callable[[str], None]
NOTHING_WAS = datetime(2000, 1, 1, tzinfo=UTC)
"""The throw-away database keeps no time, so that the same input gives the same bytes."""


class BookRefused(Refusal):
    what = N_("{problems}\nThe workbook was not settled; nothing was written but {copy}.")
    fix = N_("Mend the cells marked red there; the reason stands at the end of each row.")


class UnlawfulResult(Refusal):
    what = N_("The settlement cannot stand: {findings}")
    fix = N_("Mend the plan or the facts, then settle again.")


def run(book: Path, out: Path, plan: Path | None, *, json_output: bool, say: SayIt) -> None:
    """Check a workbook, settle it, write every file into `out`.

    A second run on the same input leaves the same bytes. Refuses with BookRefused (a copy of the workbook
    with a column of reasons is then the only thing written), with the plan's problems, or with
    UnlawfulResult when the result has a finding nobody may accept.
    """
    text = plan.read_text("utf-8") if plan else ""
    with _own_database():
        say(gettext("Checking the workbook …"))
        try:
            facts, entered = enter_workbook(book, by=None, at=NOTHING_WAS, post=post, accounts=_accounts())
        except Refusal as refusal:
            raise _with_copy(refusal, book, out) from None
        text = text or standard_plans.text(standard_plans.name_for(facts.organisation.kind))
        rules = in_force([plan_text.read(text)], Period.year(facts.year))
        say(gettext("Working out the settlement …"))
        papers, findings = _papers(facts, rules, text, entered.organisation_id)
        written_entries = _entries(papers, facts, entered.organisation_id)
    _say_findings([*facts.findings, *findings, *unprintable(papers)], say)

    def progress(done: int, total: int, name: str) -> None:
        if done in (1, total) or done % 25 == 0:
            say(gettext("Writing {done} of {total}: {name}").format(done=done, total=total, name=name))

    written = folder.write_all(
        out, papers, entries=written_entries, chart=balances.chart(), progress=progress
    )
    told = ngettext("{count} file in {folder}.", "{count} files in {folder}.", len(written))
    say(told.format(count=len(written), folder=out))
    if json_output:
        print((out / "settlement.json").read_text("utf-8"))


@contextmanager
def _own_database() -> Iterator[None]:
    """A migrated SQLite database for the time of one run, in place of the configured one."""
    before = connections.settings["default"]
    with tempfile.TemporaryDirectory(prefix="lianjie-") as place:
        connections["default"].close()
        to = connections.configure_settings({"default": _database(str(Path(place) / "settle.sqlite3"))})
        connections.settings["default"] = to["default"]
        connections["default"] = connections.create_connection("default")
        try:
            call_command("migrate", verbosity=0, interactive=False)
            yield
        finally:
            connections["default"].close()
            connections.settings["default"] = before
            connections["default"] = connections.create_connection("default")


def _accounts() -> Mapping[str, str]:
    return {code: account.named("zh-Hans") for code, account in balances.chart().accounts.items()}


def _with_copy(refusal: Refusal, book: Path, out: Path) -> Refusal:
    out.mkdir(parents=True, exist_ok=True)
    copy = out / f"{book.stem}-reasons.xlsx"
    if not workbook.annotated(book, refusal, copy):
        return refusal
    reasons = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    return BookRefused(problems="\n".join(each.say(gettext) for each in reasons), copy=copy)


def _papers(facts: Book, rules: Plan, text: str, organisation_id: int) -> tuple[Papers, tuple[Finding, ...]]:
    given = gather(organisation_id, facts.organisation.code, facts.year)
    outcome = settlement.run(rules, given)
    findings = checks.check(rules, given, outcome)
    forbidden = [each.say(gettext) for each in findings if each.severity == "error"]
    if forbidden:
        raise UnlawfulResult(findings="; ".join(forbidden))
    return (
        Papers(rules, text, given, outcome, _issuer(facts, organisation_id), language(), gettext),
        findings,
    )


def _issuer(facts: Book, organisation_id: int) -> Issuer:
    row = parties.organisation(facts.organisation.code)
    names = {person.code: person.name for person in facts.people}
    held = {post.title: names.get(post.person, "") for post in facts.posts if post.held_in == row.code}
    return Issuer(
        name=row.name,
        code=row.code,
        year=facts.year,
        area=row.area_name,
        chair=held.get("chair", ""),
        accountant=held.get("accountant", ""),
        invented=facts.organisation.invented,
        disclosure_law=flow.disclosure_law(parameters.text("disclosure"), row.kind, date(facts.year, 12, 31)),
    )


def _entries(papers: Papers, facts: Book, organisation_id: int) -> list[Entry]:
    """The facts' entries, then what booking this settlement would add."""
    source, last_day = f"settlement:{facts.year}.1", date(facts.year, 12, 31)
    members = parties.member_codes(organisation_id, date(facts.year, 1, 1), date(facts.year + 1, 1, 1))
    steps = booked_steps(papers.plan, papers.outcome, members)
    costs, distributions = entries(papers.plan, steps, source, last_day, last_day)
    booked = [*journal.records(organisation_id), *costs]
    standing: dict[str, int] = {}
    for made in booked:
        for line in made.postings:
            if not line.good:
                standing[line.account] = standing.get(line.account, 0) + line.amount
    distributed = sum(
        line.amount for made in distributions for line in made.postings if line.account == year.DISTRIBUTIONS
    )
    return [
        *booked,
        *year.closing(source, last_day, standing, balances.chart()),
        *distributions,
        *year.clear_distributions(source, last_day, distributed),
    ]


def _say_findings(findings: Iterable[Finding], say: SayIt) -> None:
    for finding in findings:
        law = f" ({gettext(finding.law)})" if finding.law else ""
        say(f"! {finding.say(gettext, language())}{law}")
