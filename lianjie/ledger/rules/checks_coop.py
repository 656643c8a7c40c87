"""Surplus of a cooperative: the order, the 60 percent, the key of the remainder, members only.

Only steps whose legal basis is the cooperative's surplus are held against article 44. What other steps take
from the same pool (rent, wages, cost) counts as cost: it comes off before the surplus is distributable.
"""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding, Severity
from lianjie.base.words import N_
from lianjie.ledger import parameters
from lianjie.ledger.rules.checks_text import coop_law, is_patronage, is_remainder, measures_behind
from lianjie.ledger.rules.expression import parse
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.outcome import Outcome, StepResult
from lianjie.ledger.rules.plan import Plan, Step

LOSS_BY_NAME = "loss_carried_forward"
"""The year's own figure for uncovered losses of earlier years, above zero (see year.py)."""
CAPITAL = ("contribution", "reserve_share", "subsidy_share", "donation_share")
NAMED = 5
"""Codes a finding lists before it only counts."""


def patronage_floor(text: str, day: date) -> Fraction:
    """The least part of the distributable surplus returned by patronage, as a plain number.

    text  parameters/patronage_floor.toml; before the first dated value, that first value
    """
    rows = sorted(tomllib.loads(text)["values"], key=lambda row: row["from"])
    in_force = [row for row in rows if row["from"] <= day] or rows[:1]
    return Fraction(in_force[-1]["value"], 100)


def check_coop(plan: Plan, given: Given, outcome: Outcome) -> Iterator[Finding]:
    """Findings about the steps whose legal basis is the cooperative's surplus."""
    year = _Year(plan, given, outcome)
    if not year.shared():
        return
    yield from _order(year)
    yield from _losses(year)
    yield from _floor(year)
    yield from _more_than_there_is(year)
    yield from _fixed(year)
    yield from _members_only(year)
    yield from _reserve_quantified(year)
    yield from _capital_key(year)
    yield from _left_out(year)
    yield from _left_over(year)


class _Year:
    """The year's statutory sums, in fen."""

    def __init__(self, plan: Plan, given: Given, outcome: Outcome) -> None:
        self.plan, self.given, self.outcome = plan, given, outcome
        self.ran = [(step, outcome.step(step.name)) for step in plan.steps]
        self.day = given.period.last_day or given.period.start

    def coop(self) -> Iterator[tuple[Step, StepResult]]:
        return ((s, r) for s, r in self.ran if self.plan.legal_basis_of(s) == "coop_surplus")

    def shared(self) -> list[tuple[Step, StepResult]]:
        """Steps that give the cooperative's surplus to recipients."""
        return [(step, result) for step, result in self.coop() if step.among]

    def role(self, role: str) -> int:
        """What the coop steps of one role took, in fen."""
        return sum(result.amount_fen for step, result in self.coop() if step.role == role)

    def figure_role(self, role: str) -> int | None:
        found = [each for each in self.plan.figures if each.role == role and each.name != LOSS_BY_NAME]
        if not found:
            return None
        return int(sum((self.outcome.figures[each.name] * 100 for each in found), Fraction(0)))

    @property
    def surplus(self) -> int | None:
        return self.figure_role("current_surplus")

    @property
    def opening(self) -> int:
        """Opening undistributed surplus; below zero, a loss."""
        loss = self.outcome.figures.get(LOSS_BY_NAME, Fraction(0)) * 100
        return (self.figure_role("opening_balance") or 0) - int(loss)

    @property
    def costs(self) -> int:
        """What steps of another legal basis take from the surplus or its parts."""
        return sum(
            result.amount_fen
            for step, result in self.ran
            if self.plan.legal_basis_of(step) != "coop_surplus"
            and not step.into
            and self.root(step.pool) in self.surplus_roots()
        )

    @property
    def distributable(self) -> int | None:
        """Art. 44: the surplus of the year after covering losses and drawing the reserve."""
        if self.surplus is None:
            return None
        return self.surplus - self.costs - self.role("loss_cover") - self.role("reserve")

    def root(self, pool: str) -> str:
        """The figure a pool's money first came from."""
        seen: set[str] = set()
        while pool and pool not in seen:
            seen.add(pool)
            maker = self.plan.part_step(pool)
            if maker is None:
                return pool
            pool = maker.pool
        return ""

    def surplus_roots(self) -> set[str]:
        """The surplus figure and every figure worked out from it."""
        found = {each.name for each in self.plan.figures if each.role == "current_surplus"}
        grown = True
        while grown:
            more = {
                each.name
                for each in self.plan.figures
                if each.name not in found and each.formula and parse(each.formula).names & found
            }
            found, grown = found | more, bool(more)
        return found

    def patronage(self) -> list[tuple[Step, StepResult]]:
        return [(step, result) for step, result in self.shared() if is_patronage(step)]

    def members(self) -> set[str] | None:
        """Codes of members; None when membership is recorded of nobody."""
        if not any("member" in each.attributes for each in self.given.recipients):
            return None
        return {each.code for each in self.given.recipients if each.attributes.get("member") is True}


def _lines(results: Sequence[tuple[Step, StepResult]]) -> int:
    return sum(line.amount_fen for _, result in results for line in result.lines)


def _yuan(fen: int) -> str:
    return str(Fen(fen))


def _order(year: _Year) -> Iterator[Finding]:
    text = N_("{step} comes after surplus was already shared. Losses and the reserve come first.")
    shared = False
    for step, result in year.coop():
        if shared and result.amount_fen and step.role in ("loss_cover", "reserve"):
            yield Finding("wrong-order", text, {"step": step.label}, "error", step.name, coop_law("44"))
        shared = shared or bool(step.among and result.amount_fen)


def _losses(year: _Year) -> Iterator[Finding]:
    given_out = _lines(year.shared())
    if not given_out:
        return
    uncovered = -year.opening - year.role("loss_cover")
    if uncovered > 0:
        text = N_("{given} yuan of surplus is shared while {loss} yuan of earlier losses is not covered.")
        details = {"given": _yuan(given_out), "loss": _yuan(uncovered)}
        yield Finding("loss-not-covered", text, details, "error", "plan", coop_law("44"))
    surplus = year.surplus
    if surplus is not None and surplus <= 0:
        text = N_("{given} yuan is shared as surplus, but the year's surplus is {surplus} yuan.")
        details = {"given": _yuan(given_out), "surplus": _yuan(surplus)}
        yield Finding("no-surplus", text, details, "error", "plan", coop_law("44"))


def _floor(year: _Year) -> Iterator[Finding]:
    distributable = year.distributable
    if distributable is None or distributable <= 0 or not _lines(year.shared()):
        return
    floor = patronage_floor(parameters.text("patronage_floor"), year.day)
    returned = _lines(year.patronage())
    if returned > floor * distributable - 1:  # a fen lost to rounding is no breach
        return
    welfare = year.role("welfare")
    details = {
        "returned": _yuan(returned),
        "share": _percent(Fraction(returned, distributable)),
        "distributable": _yuan(distributable),
        "floor": _percent(floor),
        "least": _yuan(-((-floor * distributable) // 1)),
    }
    text = N_(
        "{returned} yuan is returned by patronage: {share}% of the distributable surplus of"
        " {distributable} yuan. At least {floor}%, {least} yuan, must be."
    )
    if returned >= floor * (distributable - welfare):
        text = N_(
            "{returned} yuan is returned by patronage: {share}% of the distributable surplus of"
            " {distributable} yuan. It reaches {floor}% ({least} yuan) only when funds beside the reserve are"
            " taken off first; the law takes off losses and the reserve only."
        )
        yield Finding("patronage-floor-funds", text, details, "warning", "plan", coop_law("44"))
        return
    asked = sum((result.asked_fen for _, result in year.patronage()), Fraction(0))
    only_rounding = asked >= floor * distributable
    severity: Severity = "warning" if only_rounding else "error"
    yield Finding("patronage-floor", text, details, severity, "plan", coop_law("44"))


def _percent(part: Fraction) -> str:
    """To two decimals, rounded down, so that 59.999 never shows as 60."""
    hundredths = int(part * 10_000)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")


def _more_than_there_is(year: _Year) -> Iterator[Finding]:
    surplus = year.surplus
    if surplus is None:
        return
    there = surplus + max(year.opening, 0) + (year.figure_role("other_transfers") or 0)
    roots = year.surplus_roots()
    taken = sum(
        sum(line.amount_fen for line in result.lines) + sum(result.parties.values())
        for step, result in year.ran
        if step.pool and year.root(step.pool) in roots
    )
    if taken > max(there, 0):
        text = N_(
            "{taken} yuan is given out, but surplus, opening balance and transfers come to {there} yuan."
        )
        details = {"taken": _yuan(taken), "there": _yuan(there)}
        yield Finding("more-than-there-is", text, details, "error", "plan", coop_law("44"))


def _fixed(year: _Year) -> Iterator[Finding]:
    """Fixed returns on contribution are distributions, so they need surplus."""
    for step, result in year.shared():
        fixed = step.role in ("guarantee", "preference") or bool(step.rate)
        if not fixed or not result.amount_fen:
            continue
        promised = int(result.asked_fen)
        details = {"step": step.label, "amount": _yuan(max(promised, result.amount_fen))}
        there = year.distributable
        if there is not None and promised > max(there, 0):
            text = N_("{step} promises {amount} yuan, but only {there} yuan may be distributed.")
            details["there"] = _yuan(max(there, 0))
            kept = result.amount_fen - result.short_fen <= max(there, 0)
            severity: Severity = "warning" if kept else "error"
            yield Finding("guarantee-exceeds", text, details, severity, step.name, coop_law("44"))
        elif step.rate and measures_behind(year.plan, step.by) & set(CAPITAL):
            text = N_(
                "{step} gives a fixed rate on contribution ({amount} yuan). A fixed rate without risk is like"
                " a loan: say who guarantees it."
            )
            yield Finding("fixed-rate", text, details, "note", step.name, coop_law("44"))


def _members_only(year: _Year) -> Iterator[Finding]:
    members = year.members()
    if members is None:
        text = N_("Nobody's membership is recorded, so it cannot be checked that only members share.")
        yield Finding("membership-unknown", text, {}, "warning", "plan", coop_law("41 and 44"))
        return
    text = N_("{step} gives surplus to {count} who are not members: {codes}.")
    for step, result in year.shared():
        others = [x.recipient for x in result.lines if x.amount_fen and x.recipient not in members]
        if others and (is_patronage(step) or is_remainder(step)):
            details = {"step": step.label, "count": len(others), "codes": _codes(others)}
            yield Finding("not-members", text, details, "error", step.name, coop_law("41 and 44"))


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes[:NAMED]) + (" …" if len(codes) > NAMED else "")


def _reserve_quantified(year: _Year) -> Iterator[Finding]:
    reserve = year.role("reserve")
    memos = [memo for memo in year.plan.quantifications if memo.kind == "reserve"]
    credited = sum(line.amount_fen for memo in memos for line in year.outcome.step(memo.name).lines)
    if credited < reserve:
        text = N_("{reserve} yuan of reserve is drawn, but only {credited} yuan is quantified to members.")
        details = {"reserve": _yuan(reserve), "credited": _yuan(credited)}
        yield Finding("reserve-not-quantified", text, details, "error", "plan", coop_law("42"))


def _capital_key(year: _Year) -> Iterator[Finding]:
    """Art. 44 (2): contribution, reserve share, equal shares of subsidies and gifts, where there are any."""
    for step, result in year.shared():
        if step.role != "remainder" or not result.amount_fen:
            continue
        behind = measures_behind(year.plan, step.by)
        if "contribution" not in behind:
            text = N_("{step} shares the remainder, but not by the contribution in members' accounts.")
            yield Finding(
                "remainder-not-by-account", text, {"step": step.label}, "warning", step.name, coop_law("44")
            )
            continue
        sharing = {line.recipient for line in result.lines}
        held = {
            name
            for each in year.given.recipients
            if each.code in sharing
            for name in CAPITAL
            if each.measures.get(name)
        }
        for name in CAPITAL:
            if name in held - behind:
                text = N_("{step} shares the remainder without counting “{measure}”, which members hold.")
                details = {"step": step.label, "measure": _MEASURES[name]}
                where = f"{step.name}.{name}"
                yield Finding("remainder-key-incomplete", text, details, "warning", where, coop_law("44"))


_MEASURES = {
    "contribution": {"zh-Hans": "出资额", "zh-Hant": "出資額", "en": "contribution"},
    "reserve_share": {"zh-Hans": "公积金份额", "zh-Hant": "公積金份額", "en": "reserve share"},
    "subsidy_share": {
        "zh-Hans": "国家财政补助形成财产的平均量化份额",
        "zh-Hant": "國家財政補助形成財產的平均量化份額",
        "en": "equal share of state-subsidised property",
    },
    "donation_share": {
        "zh-Hans": "接受捐赠形成财产的平均量化份额",
        "zh-Hant": "接受捐贈形成財產的平均量化份額",
        "en": "equal share of donated property",
    },
}


def _left_out(year: _Year) -> Iterator[Finding]:
    """Members with contribution who get nothing at all, though the remainder was shared."""
    if not any(step.role == "remainder" and result.amount_fen for step, result in year.shared()):
        return
    paid = [each for each in year.given.recipients if each.measures.get("contribution")]
    none = sorted(each.code for each in paid if not year.outcome.totals.get(each.code))
    if none:
        text = N_("{count} with contribution get nothing: {codes}. Check their membership and groups.")
        details = {"count": len(none), "codes": _codes(none)}
        yield Finding("contributor-gets-nothing", text, details, "warning", "plan", coop_law("44"))


def _left_over(year: _Year) -> Iterator[Finding]:
    text = N_("{left} yuan of {pool} is given to nobody and stays undistributed.")
    for pool, fen in sorted(year.outcome.left.items()):
        figure = year.plan.figure(pool)
        if figure is not None and fen:
            details = {"left": _yuan(fen), "pool": figure.label}
            yield Finding("pool-left", text, details, "note", pool)
