"""Cases put to experts, with everything that happened in them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from lianjie.facts.models import CaseStep, ExpertCase
from lianjie.facts.queries.growing import TooEarly, standing, too_early


@dataclass(frozen=True)
class CaseEvent:
    """An opinion, a prescription, a visit or the end. `until`: no harvest before that day, or None.

    early  loads weighed in before it all the same, because the prescription was entered after them
    """

    day: date
    kind: str
    person: str
    text: str
    dose: str
    until: date | None
    photo: str
    reference: str
    early: tuple[TooEarly, ...] = ()


@dataclass(frozen=True)
class Case:
    """A case; `plot` is empty for the whole base. `last_kind` is "" until somebody answered."""

    number: str
    base: str
    base_name: str
    plot: str
    day: date
    asked_by: str
    symptoms: str
    photo: str
    events: tuple[CaseEvent, ...]

    @property
    def closed(self) -> bool:
        return any(event.kind == "closed" for event in self.events)

    @property
    def experts(self) -> tuple[str, ...]:
        """Who gave an opinion or a prescription, each once."""
        return tuple(dict.fromkeys(e.person for e in self.events if e.kind in ("diagnosis", "prescription")))

    @property
    def photos(self) -> frozenset[str]:
        return frozenset({self.photo, *(event.photo for event in self.events)} - {""})


def cases(organisation_id: int) -> list[Case]:
    """Every case, open ones first, then the latest; not what was weighed in too early."""
    here = {"organisation_id": organisation_id}
    rows = ExpertCase.objects.current().filter(**here).select_related("base", "plot")
    steps: defaultdict[str, list[CaseStep]] = defaultdict(list)
    for step in CaseStep.objects.current().filter(**here).order_by("day", "pk"):
        steps[step.key.partition("/")[0]].append(step)
    found = [_case(row, steps[row.key.partition("~")[0]]) for row in rows]
    return sorted(found, key=lambda each: (each.closed, -each.day.toordinal(), each.number))


def case(organisation_id: int, number: str) -> Case | None:
    """One case, or None."""
    row = standing(ExpertCase, organisation_id, number)
    if row is None:
        return None
    steps = CaseStep.objects.current().filter(organisation_id=organisation_id, key__startswith=f"{number}/")
    found = _case(row, steps.order_by("day", "pk"))
    waits = {step.reference: _early(row, step) for step in steps if step.waiting_days}
    return replace(
        found, events=tuple(replace(each, early=waits.get(each.reference, ())) for each in found.events)
    )


def closed(organisation_id: int, numbers: Iterable[str]) -> set[str]:
    """Those of the cases that are over."""
    rows = CaseStep.objects.current().filter(organisation_id=organisation_id, kind="closed")
    return set(numbers) & {key.partition("/")[0] for key in rows.values_list("key", flat=True)}


def _case(row: ExpertCase, steps: Iterable[CaseStep]) -> Case:
    number = row.key.partition("~")[0]
    events = tuple(
        CaseEvent(
            step.day,
            step.kind,
            step.person,
            step.text,
            step.dose,
            step.day + timedelta(days=step.waiting_days) if step.waiting_days else None,
            step.photo,
            step.reference,
        )
        for step in steps
    )
    return Case(
        number,
        row.base.key.partition("~")[0],
        row.base.name,
        row.plot.code if row.plot else "",
        row.day,
        row.asked_by,
        row.symptoms,
        row.photo,
        events,
    )


def _early(row: ExpertCase, step: CaseStep) -> tuple[TooEarly, ...]:
    base, plot = row.base.key.partition("~")[0], row.plot.code if row.plot else ""
    until = step.day + timedelta(days=step.waiting_days)
    return tuple(too_early(row.organisation_id, base, plot, step.day, until))
