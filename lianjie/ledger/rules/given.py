"""What a settlement is given: the year's figures, the recipients with their measures, what was announced.

`given_json` writes it canonically (sorted keys, no floats), so that it can be frozen by its hash and a
replay gives the same bytes. `read_toml` reads the input file of a worked case.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from lianjie.base.period import Period
from lianjie.base.quantity import UNITS, NotAQuantity, small_units, unit
from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.allotment import share
from lianjie.ledger.rules.expression import plain
from lianjie.ledger.rules.plan import Plan

Attribute = str | int | bool | tuple[str, ...]


@dataclass(frozen=True)
class GivenFigure:
    """A number of the year: exact, in the unit it was written in, and where it comes from."""

    value: Fraction
    unit: str = "yuan"
    source: str = ""

    def in_unit(self, wanted: str) -> Fraction:
        """The value in another unit of the same kind; money in yuan, rates as plain numbers."""
        target = {"money": "yuan", "rate": "number"}.get(unit(wanted).kind, wanted)
        return self.value * unit(self.unit).small / unit(target).small


@dataclass(frozen=True)
class Recipient:
    """One who may receive: a household, person or organisation.

    measures  name -> whole small units of the measure's unit (fen, grams, ten-thousandths of a mu ...)
    sources   measure -> references of the facts it adds up ("delivery:17", "book.xlsx!Deliveries!B9")
    """

    code: str
    name: str = ""
    kind: str = "household"
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    measures: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Announced:
    """A figure already printed or promised, to compare with what the rule gives.

    of         expression over figures, steps, parts; with `recipient`, over that one's lines by step
               name, its weights and measures, and `total`
    tolerance  in `unit`; zero means exact
    """

    name: str
    of: str
    value: Fraction
    unit: str = "yuan"
    tolerance: Fraction = Fraction(0)
    recipient: str = ""
    source: str = ""


@dataclass(frozen=True)
class Given:
    """Everything a run needs beside its plan."""

    organisation: str
    period: Period
    figures: Mapping[str, GivenFigure] = field(default_factory=dict)
    recipients: tuple[Recipient, ...] = ()
    announced: tuple[Announced, ...] = ()


class FigureMissing(Refusal):
    what = N_("The figure “{name}” ({label}) is not given.")
    fix = N_("Give it, in {unit}.")


class FigureUnitDiffers(Refusal):
    what = N_("The figure “{name}” is given in {given}, but the plan counts it in {wanted}.")
    fix = N_("Give it in {wanted}.")


class RecipientTwice(Refusal):
    what = N_("Recipient {code} is listed {times} times.")
    fix = N_("List each recipient once, with all its measures.")


class MeasureBelowZero(Refusal):
    what = N_("Recipient {code}: {measure} is below zero.")
    fix = N_("Correct the entry it comes from.")


class UnknownAnnounced(Refusal):
    what = N_("The announced figure “{name}” is about recipient {code}, who is not listed.")
    fix = N_("List the recipient, or leave the announced figure out.")


class InputRefused(Refusal):
    what = N_("{where}: {why}")
    fix = N_("Correct it in the input file.")


def problems_of_input(plan: Plan, given: Given) -> list[Refusal]:
    """Every reason why this input cannot run under this plan."""
    return [*_figure_problems(plan, given), *_recipient_problems(given)]


def _figure_problems(plan: Plan, given: Given) -> Iterator[Refusal]:
    for figure in plan.figures:
        if figure.formula:
            continue
        value = given.figures.get(figure.name)
        if value is None:
            label = next(iter(figure.label.values()))
            yield FigureMissing(name=figure.name, label=label, unit=figure.unit)
        elif unit(value.unit).kind != unit(figure.unit).kind:
            yield FigureUnitDiffers(name=figure.name, given=value.unit, wanted=figure.unit)


def _recipient_problems(given: Given) -> Iterator[Refusal]:
    times: dict[str, int] = {}
    for recipient in given.recipients:
        times[recipient.code] = times.get(recipient.code, 0) + 1
        for measure, small in recipient.measures.items():
            if type(small) is not int:
                raise TypeError(f"{recipient.code}: {measure} is not a whole number of small units")
            if small < 0:
                yield MeasureBelowZero(code=recipient.code, measure=measure)
    for code, count in times.items():
        if count > 1:
            yield RecipientTwice(code=code, times=count)
    for announced in given.announced:
        if announced.recipient and announced.recipient not in times:
            yield UnknownAnnounced(name=announced.name, code=announced.recipient)


def given_json(given: Given) -> str:
    """Canonical JSON: keys sorted, recipients by code, fractions as "n/d" or plain decimals."""
    body = {
        "organisation": given.organisation,
        "period": [str(given.period.start), str(given.period.until) if given.period.until else None],
        "figures": {
            name: {"value": plain(figure.value), "unit": figure.unit, "source": figure.source}
            for name, figure in given.figures.items()
        },
        "recipients": [_recipient_body(each) for each in sorted(given.recipients, key=lambda r: r.code)],
        "announced": [
            {
                "name": each.name,
                "of": each.of,
                "value": plain(each.value),
                "unit": each.unit,
                "tolerance": plain(each.tolerance),
                "recipient": each.recipient,
                "source": each.source,
            }
            for each in given.announced
        ],
    }
    return canonical(body)


def canonical(body: Any) -> str:
    """JSON with sorted keys and no spaces; floats are a mistake of ours and stop it."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text


def _recipient_body(recipient: Recipient) -> dict[str, Any]:
    attributes = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in recipient.attributes.items()
    }
    return {
        "code": recipient.code,
        "name": recipient.name,
        "kind": recipient.kind,
        "attributes": attributes,
        "measures": dict(recipient.measures),
        "sources": {name: list(each) for name, each in recipient.sources.items()},
    }


def read_json(text: str) -> Given:
    """What `given_json` wrote. Stops (KeyError, ValueError) on anything else: it is our own record."""
    body = json.loads(text)
    start, until = body["period"]
    return Given(
        organisation=body["organisation"],
        period=Period(date.fromisoformat(start), date.fromisoformat(until) if until else None),
        figures={
            name: GivenFigure(Fraction(each["value"]), each["unit"], each["source"])
            for name, each in body["figures"].items()
        },
        recipients=tuple(_recipient(each) for each in body["recipients"]),
        announced=tuple(
            Announced(**{**each, "value": Fraction(each["value"]), "tolerance": Fraction(each["tolerance"])})
            for each in body["announced"]
        ),
    )


def _recipient(body: Mapping[str, Any]) -> Recipient:
    attributes = {
        name: tuple(value) if isinstance(value, list) else value for name, value in body["attributes"].items()
    }
    sources = {name: tuple(each) for name, each in body["sources"].items()}
    return Recipient(body["code"], body["name"], body["kind"], attributes, body["measures"], sources)


def read_toml(text: str, plan: Plan) -> Given:
    """The input file of a worked case, as an accountant writes it: yuan, kg, mu, not small units.

    Refuses with Refusals naming each entry that cannot be read.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Refusals([InputRefused(where="input", why=str(error))]) from None
    return _TomlReader(plan).given(data)


_INPUT_KEYS = {"organisation", "start", "until", "figures", "recipient", "recipients", "announced"}


class _TomlReader:
    """Reads one input file and gathers its problems."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.problems: list[Refusal] = []

    def given(self, data: Mapping[str, Any]) -> Given:
        figures = {
            name: self._figure(f"figures.{name}", each) for name, each in data.get("figures", {}).items()
        }
        alone = [self._recipient(n, each) for n, each in enumerate(data.get("recipient", []), 1)]
        alike = [one for n, each in enumerate(data.get("recipients", []), 1) for one in self._alike(n, each)]
        announced = tuple(self._announced(n, each) for n, each in enumerate(data.get("announced", []), 1))
        for key in sorted(set(data) - _INPUT_KEYS):
            self._wrong("input", f"“{key}” is not known")
        if not isinstance(data.get("start"), date) or not isinstance(data.get("organisation"), str):
            self._wrong("input", "organisation = “…” and start = 2025-01-01 are needed")
        if self.problems:
            raise Refusals(self.problems)
        return Given(
            data["organisation"],
            Period(data["start"], data.get("until")),
            figures,
            (*alone, *alike),
            announced,
        )

    def _wrong(self, where: str, why: str) -> None:
        self.problems.append(InputRefused(where=where, why=why))

    def _number(self, where: str, value: Any) -> Fraction:
        try:
            if isinstance(value, bool | float):
                raise InvalidOperation
            return Fraction(str(value).replace(",", ""))
        except (ValueError, ZeroDivisionError, InvalidOperation):
            self._wrong(where, f"“{value}” is not a number")
            return Fraction(0)

    def _unit(self, where: str, value: Any) -> str:
        if value not in UNITS:
            self._wrong(where, f"the unit “{value}” is not known")
            return "number"
        return str(value)

    def _figure(self, where: str, each: Any) -> GivenFigure:
        if not isinstance(each, Mapping):
            name = where.removeprefix("figures.")
            figure = self.plan.figure(name)
            return GivenFigure(self._number(where, each), figure.unit if figure else "number")
        value = self._number(where, each.get("value"))
        return GivenFigure(value, self._unit(where, each.get("unit", "yuan")), str(each.get("source", "")))

    def _announced(self, number: int, each: Mapping[str, Any]) -> Announced:
        where = f"announced {each.get('name', number)}"
        if not isinstance(each.get("name"), str) or not isinstance(each.get("of"), str):
            self._wrong(where, "name and of are needed")
        return Announced(
            name=str(each.get("name")),
            of=str(each.get("of")),
            value=self._number(where, each.get("value")),
            unit=self._unit(where, each.get("unit", "yuan")),
            tolerance=self._number(where, each.get("tolerance", 0)),
            recipient=str(each.get("recipient", "")),
            source=str(each.get("source", "")),
        )

    def _recipient(self, number: int, row: Mapping[str, Any]) -> Recipient:
        where = f"recipient {row.get('code', number)}"
        attributes: dict[str, Attribute] = {}
        measures: dict[str, int] = {}
        for name, value in row.items():
            unit_name = self.plan.measure_unit(name)
            if unit_name is not None:
                self._measure(where, name, value, unit_name, measures)
            elif name in terms.ATTRIBUTES or name in self.plan.attributes:
                attributes[name] = _attribute(value)
            elif name not in ("code", "name", "sources") and not isinstance(value, dict):
                self._wrong(where, f"“{name}” is neither a measure nor an attribute of this plan")
            if isinstance(value, dict) and name != "sources":  # delivery_kg.apple = "12"
                for product, amount in value.items():
                    self._product(where, f"{name}.{product}", amount, measures)
        kind = str(attributes.get("kind", "household"))
        sources = {name: tuple(refs) for name, refs in row.get("sources", {}).items()}
        return Recipient(
            str(row.get("code", number)), str(row.get("name", "")), kind, attributes, measures, sources
        )

    def _alike(self, number: int, row: Mapping[str, Any]) -> Iterator[Recipient]:
        """`[[recipients]] count = 821, prefix = "S"`: that many, S001 to S821, each with the row's entries.

        `together` holds measures known only for all of them: divided as evenly as small units allow.
        """
        count, prefix = row.get("count"), row.get("prefix")
        where = f"recipients {prefix or number}"
        if type(count) is not int or count < 1 or not isinstance(prefix, str) or not prefix:
            self._wrong(where, "count = 821 and prefix = “S” are needed")
            return
        codes = [f"{prefix}{n:0{len(str(count))}}" for n in range(1, count + 1)]
        each = {key: value for key, value in row.items() if key not in ("count", "prefix", "together")}
        one = self._recipient(number, each | {"code": prefix})
        parts = {
            name: share(small, dict.fromkeys(codes, 1)).parts
            for name, small in self._together(where, row.get("together", {})).items()
        }
        for code in codes:
            measures = {**one.measures, **{name: part[code] for name, part in parts.items()}}
            yield replace(one, code=code, measures=measures)

    def _together(self, where: str, entries: Any) -> dict[str, int]:
        measures: dict[str, int] = {}
        if not isinstance(entries, Mapping):
            self._wrong(where, "together = { land_mu = 1200 } is needed")
            return measures
        for name, value in entries.items():
            self._product(where, name, value, measures)
        negative = [name for name, small in measures.items() if small < 0]
        for name in negative:
            self._wrong(where, f"{name} is below zero")
            del measures[name]
        return measures

    def _product(self, where: str, name: str, value: Any, measures: dict[str, int]) -> None:
        unit_name = self.plan.measure_unit(name)
        if unit_name is None:
            self._wrong(where, f"“{name}” is not a measure of this plan")
        else:
            self._measure(where, name, value, unit_name, measures)

    def _measure(self, where: str, name: str, value: Any, unit_name: str, measures: dict[str, int]) -> None:
        if isinstance(value, dict):
            return
        try:
            measures[name] = small_units(value, unit_name)
        except (NotAQuantity, TypeError) as error:
            self._wrong(where, f"{name}: {error}")


def _attribute(value: Any) -> Attribute:
    if isinstance(value, list):
        return tuple(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int) else str(value)
