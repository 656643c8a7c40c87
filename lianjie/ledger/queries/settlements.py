"""Settlements as pages and commands see them: rows, trials, replays, comparisons."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Max

from lianjie.base.period import Period
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.queries import disputes, parties, standing
from lianjie.ledger import parameters
from lianjie.ledger.models import DecisionByResolution, Objection, Plan, Settlement
from lianjie.ledger.queries.given import given as gather
from lianjie.ledger.rules import checks, checks_text, flow, given, plan_text, settlement
from lianjie.ledger.rules.flow import FROZEN
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.outcome import Outcome
from lianjie.ledger.rules.plan import Plan as Rules


class NoSuchSettlement(Refusal):
    what = N_("There is no settlement {id} of this organisation.")
    fix = N_("Open it from the list of settlements.")


@dataclass(frozen=True)
class PlanRow:
    """One kept version of a plan of distribution."""

    id: int
    code: str
    version: int
    text: str
    sha256: str
    effective_from: date
    effective_until: date | None
    adopted_by: str
    recorded_at: datetime

    @property
    def rules(self) -> Rules:
        return read_plan(self.text)


@dataclass(frozen=True)
class SettlementRow:
    """A settlement's state and dates."""

    id: int
    organisation_id: int
    organisation: str
    organisation_name: str
    organisation_kind: str
    year: int
    round: int
    state: str
    plan: PlanRow
    given_sha256: str
    outcome_sha256: str
    disclosed_day: date | None
    objections_until: date | None
    recorded_at: datetime

    @property
    def frozen(self) -> bool:
        """True once it is disclosed: its inputs can no longer move."""
        return self.state in FROZEN

    @property
    def source(self) -> str:
        """How the journal names it, the same on every database."""
        return f"settlement:{self.year}.{self.round}"


@dataclass(frozen=True)
class Accepted:
    """A finding someone took on, with the reason."""

    key: str
    person_name: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Worked:
    """A settlement worked out: live while it is tried, from the frozen inputs afterwards."""

    plan: Rules
    given: Given
    outcome: Outcome
    findings: tuple[Finding, ...]
    accepted: Mapping[str, Accepted]

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Findings that stop the disclosure: not accepted, or such that nobody may accept."""
        return tuple(
            each
            for each in self.findings
            if each.severity == "error" or (each.severity == "warning" and each.key not in self.accepted)
        )


@dataclass(frozen=True)
class Difference:
    """One recipient under two plans, in fen."""

    code: str
    name: str
    before_fen: int
    after_fen: int

    @property
    def gain_fen(self) -> int:
        return self.after_fen - self.before_fen


@dataclass(frozen=True)
class Comparison:
    """Two outcomes side by side; rows by recipient code, parties beside them."""

    rows: tuple[Difference, ...]
    parties: tuple[Difference, ...]

    @property
    def gaining(self) -> int:
        return sum(row.gain_fen > 0 for row in self.rows)

    @property
    def losing(self) -> int:
        return sum(row.gain_fen < 0 for row in self.rows)

    @property
    def unchanged(self) -> int:
        return len(self.rows) - self.gaining - self.losing


def plans(organisation_id: int) -> tuple[PlanRow, ...]:
    """All kept versions, newest first."""
    rows = Plan.objects.filter(organisation_id=organisation_id).order_by("code", "-version")
    return tuple(_plan_row(row) for row in rows)


def list_of(organisation_id: int) -> tuple[SettlementRow, ...]:
    """All settlements of an organisation, newest first."""
    return tuple(_row(row) for row in _rows().filter(organisation_id=organisation_id))


def latest(organisation_id: int) -> SettlementRow | None:
    """The settlement people mean by "this year's": the newest that was not withdrawn or reversed."""
    rows = _rows().filter(organisation_id=organisation_id).exclude(state__in=("withdrawn", "reversed"))
    found = rows.first()
    return _row(found) if found else None


def get(organisation_id: int, settlement_id: int) -> SettlementRow:
    """One settlement. Refuses with NoSuchSettlement."""
    row = _rows().filter(organisation_id=organisation_id, pk=settlement_id).first()
    if row is None:
        raise NoSuchSettlement(id=settlement_id)
    return _row(row)


def by_id(settlement_id: int) -> SettlementRow:
    """The settlement with this id."""
    return _row(_rows().get(pk=settlement_id))


def worked(row: SettlementRow) -> Worked:
    """The settlement's result: replayed from the frozen inputs, else tried on today's facts."""
    if not row.frozen:
        return what_if(row, row.plan.text)
    text = Settlement.objects.values_list("given", flat=True).get(pk=row.id)
    plan, inputs, outcome, findings = _replayed(row.plan.text, text)
    return Worked(plan, inputs, outcome, findings, accepted(row.id))


def what_if(row: SettlementRow, plan: str) -> Worked:
    """Try another plan text on the same inputs. Refuses with every problem of the plan or the inputs."""
    rules = read_plan(plan)
    if row.frozen:
        inputs = given.read_json(Settlement.objects.values_list("given", flat=True).get(pk=row.id))
    else:
        inputs = gather(row.organisation_id, row.organisation, row.year)
    outcome = settlement.run(rules, inputs)
    findings = (
        *checks.check(rules, inputs, outcome),
        *(() if row.frozen else _disputed(row)),
        *(() if row.frozen else _rents(row, rules)),
    )
    return Worked(rules, inputs, outcome, findings, accepted(row.id))


def compare(before: Worked, after: Worked) -> Comparison:
    """Who gains and who loses, household by household."""
    names = {each.code: each.name for each in (*before.given.recipients, *after.given.recipients)}
    old, new = before.outcome.totals, after.outcome.totals
    rows = tuple(
        Difference(code, names[code], old.get(code, 0), new.get(code, 0)) for code in sorted({*old, *new})
    )
    funds_old, funds_new = before.outcome.parties, after.outcome.parties
    funds = tuple(
        Difference(name, name, funds_old.get(name, 0), funds_new.get(name, 0))
        for name in sorted({*funds_old, *funds_new})
    )
    return Comparison(rows, funds)


def accepted(settlement_id: int) -> dict[str, Accepted]:
    """Accepted findings by key."""
    rows = Settlement.objects.get(pk=settlement_id).acceptances.all()
    return {
        each.finding_key: Accepted(each.finding_key, each.person_name, each.reason, each.at) for each in rows
    }


def disclosure_law(row: SettlementRow) -> str:
    """The article that asks for the disclosure of this settlement."""
    day = row.disclosed_day or date(row.year, 12, 31)
    return flow.disclosure_law(parameters.text("disclosure"), row.organisation_kind, day)


def objections_open(settlement_id: int) -> int:
    """Objections that stop the booking: neither answered nor passed over by a named person."""
    return Objection.objects.filter(
        settlement_id=settlement_id, answer__isnull=True, passed_over__isnull=True
    ).count()


def resolutions_used(ids: Collection[int]) -> set[int]:
    """Those of these resolutions by which a settlement was decided."""
    rows = DecisionByResolution.objects.filter(resolution_id__in=list(ids))
    return set(rows.values_list("resolution_id", flat=True))


def next_round(organisation_id: int, year: int) -> int:
    rows = Settlement.objects.filter(organisation_id=organisation_id, year=year)
    return int(rows.aggregate(Max("round"))["round__max"] or 0) + 1


def member_codes(row: SettlementRow) -> set[str]:
    """Who counted as a member in the year."""
    period = Period.year(row.year)
    assert period.until is not None
    return parties.member_codes(row.organisation_id, period.start, period.until)


def _disputed(row: SettlementRow) -> Iterator[Finding]:
    """A weight in dispute may still change what everybody gets."""
    count = len(disputes.open_in(row.organisation_id, row.year))
    if count:
        text = N_("Deliveries of the year in dispute: {count}; the settlement may rest on a wrong weight.")
        yield Finding("deliveries-in-dispute", text, {"count": count}, "warning", "deliveries")


def _rents(row: SettlementRow, rules: Rules) -> Iterator[Finding]:
    """What the leases promise beside the plan: a rent that falls due by itself, a share of the result."""
    count = standing.rented(row.organisation_id, Period.year(row.year))
    for step in rules.steps:
        if count and step.among and rules.legal_basis_of(step) == "rent":
            text = N_("{step} pays rent, which falls due by itself under leases ({count}): pay it once.")
            details = {"step": step.label, "count": count}
            yield Finding("rent-twice", text, details, "warning", step.name)
    if standing.sharing(row.organisation_id):
        behind = {name for step in rules.steps for name in checks_text.measures_behind(rules, step.by)}
        if "land_sharing_mu" not in behind:
            text = N_("Leases promise a share beside the rent, and no step shares by {measure}.")
            yield Finding("share-not-distributed", text, {"measure": "land_sharing_mu"}, "warning", "leases")


@lru_cache(maxsize=256)
def read_plan(text: str) -> Rules:
    """A plan text read once."""
    return plan_text.read(text)


@lru_cache(maxsize=16)
def _replayed(plan: str, frozen: str) -> tuple[Rules, Given, Outcome, tuple[Finding, ...]]:
    rules, inputs = read_plan(plan), given.read_json(frozen)
    outcome = settlement.run(rules, inputs)
    return rules, inputs, outcome, checks.check(rules, inputs, outcome)


def _rows():
    return (
        Settlement.objects.select_related("organisation__organisation", "plan")
        .defer("given")
        .order_by("-year", "-round")
    )


def _row(row: Settlement) -> SettlementRow:
    return SettlementRow(
        row.pk,
        row.organisation_id,
        row.organisation.code,
        row.organisation.name,
        row.organisation.organisation.kind,
        row.year,
        row.round,
        row.state,
        _plan_row(row.plan),
        row.given_sha256,
        row.outcome_sha256,
        row.disclosed_day,
        row.objections_until,
        row.recorded_at,
    )


def _plan_row(row: Plan) -> PlanRow:
    return PlanRow(
        row.pk,
        row.code,
        row.version,
        row.text,
        row.sha256,
        row.effective_from,
        row.effective_until,
        row.adopted_by,
        row.recorded_at,
    )
