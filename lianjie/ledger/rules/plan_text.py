"""Plans as TOML text: read it with every problem named, write it so that reading gives the same plan."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lianjie.base.quantity import UNITS
from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_, Say, english
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.allotment import MODES
from lianjie.ledger.rules.expression import is_name, parse, plain
from lianjie.ledger.rules.plan import (
    Figure,
    Group,
    InKind,
    Measure,
    Party,
    Plan,
    Quantification,
    Rounding,
    Step,
    Weight,
)
from lianjie.ledger.rules.plan_names import problems_of_names


class NotToml(Refusal):
    what = N_("The plan cannot be read as TOML: {why}.")
    fix = N_("Mend the text at that place.")


class UnknownKey(Refusal):
    what = N_("{where}: “{key}” is not a word of the plan language.")
    fix = N_("Use one of: {known}.")


class MissingKey(Refusal):
    what = N_("{where}: “{key}” is missing.")
    fix = N_("Add {key} = …")


class WrongEntry(Refusal):
    what = N_("{where}: {key} = {value} is not {wanted}.")
    fix = N_("Write {example}.")

    def say(self, say: Say = english) -> str:
        """What was wanted is a catalogue text too."""
        details = self.details | {"wanted": say(self.details["wanted"])}
        return f"{say(self.what).format_map(details)} {say(self.fix).format_map(details)}"


class NotAName(Refusal):
    what = N_("{where}: “{name}” cannot be a name.")
    fix = N_("Use letters, digits and underscores, beginning with a letter, and no word of the language.")


class RuleRefused(Refusal):
    """An expression that cannot be read; `refusal` says why."""

    what = N_("{where}: {key}: {why}")
    fix = N_("See docs/reference/plan.md, “Expressions”.")

    def say(self, say: Say = english) -> str:
        """The expression's own refusal, in the same language."""
        details = self.details | {"why": self.details["refusal"].say(say)}
        return f"{say(self.what).format_map(details)} {say(self.fix)}"


class _Wrong(Exception):
    """Internal: what was wanted, with an example."""

    def __init__(self, wanted: str, example: str) -> None:
        self.wanted, self.example = wanted, example


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _Wrong(N_("a text"), '"…"')


def _name(value: Any) -> str:
    return _text(value)


def _label(value: Any) -> Mapping[str, str]:
    if isinstance(value, str):
        return {"zh-Hans": value}
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        return dict(value)
    raise _Wrong(N_("a label"), '{ zh-Hans = "…", en = "…" }')


def _formula(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _Wrong(N_("a number or an expression"), '"10% * surplus"')
    text = " ".join(str(value).split())
    parse(text)
    return text


def _percent(value: Any) -> str:
    text = _formula(value)
    if "%" in text or "％" in text:
        raise _Wrong(N_("a number of percent without the sign"), '"65"')
    return text


def _flag(value: Any) -> bool:
    if value is True:
        return True
    raise _Wrong(N_("true"), "true")


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise _Wrong(N_("a day"), "2025-01-01")


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) and is_name(each) for each in value):
        return tuple(value)
    raise _Wrong(N_("a list of names"), '["cohort"]')


def _choice(*known: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value in known:
            return str(value)
        raise _Wrong(N_("one of the known words"), ", ".join(known))

    return read


def _unit(value: Any) -> str:
    if value in UNITS and value not in ("fen", "wan_yuan"):
        return str(value)
    raise _Wrong(
        N_("a unit to calculate in"),
        ", ".join(u for u in UNITS if u not in ("fen", "wan_yuan")),
    )


def _rounding(value: Any) -> Rounding:
    if not isinstance(value, dict) or not value or set(value) - {"to", "mode"}:
        raise _Wrong(N_("a rounding"), '{ to = "1", mode = "down" }')
    to = value.get("to", "0.01")
    if not isinstance(to, str | int | Decimal) or isinstance(to, bool):
        raise _Wrong(N_("a rounding step"), '{ to = "10", mode = "down" }')
    try:
        step = Fraction(str(to))
    except ValueError:
        raise _Wrong(N_("a rounding step"), '{ to = "10", mode = "down" }') from None
    mode = value.get("mode", "largest_remainder")
    if mode not in MODES or step <= 0:
        raise _Wrong(N_("a rounding"), f'{{ to = "1", mode = "down" }} (mode: {", ".join(MODES)})')
    return Rounding(step, mode)


def _into(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or len(value) < 2:
        raise _Wrong(
            N_("two parts or more"),
            '{ farmers = "40%", promoters = "40%", village = "20%" }',
        )
    return {part: "rest" if size == "rest" else _formula(size) for part, size in value.items()}


def _labels(value: Any) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, dict) or not value:
        raise _Wrong(N_("labels of parts"), '{ farmers = { zh-Hans = "…", en = "…" } }')
    return {part: _label(label) for part, label in value.items()}


def _in_kind(value: Any) -> InKind:
    example = '{ good = "sheep", label = "羊", unit = "piece", value = "1000", quantity = "sheep" }'
    keys = {"good", "label", "unit", "value", "quantity", "each"}
    if not isinstance(value, dict) or set(value) - keys or not {"good", "unit", "value"} <= set(value):
        raise _Wrong(N_("goods"), example)
    if ("quantity" in value) == ("each" in value):
        raise _Wrong(N_("goods with either quantity or each"), example)
    amounts = {key: _formula(value[key]) for key in ("value", "quantity", "each") if key in value}
    good = _text(value["good"])
    return InKind(
        good=good,
        label=_label(value.get("label", good)),
        unit=_unit(value["unit"]),
        **amounts,
    )


Reader = Callable[[Any], Any]

_FIGURE: dict[str, Reader] = {
    "name": _name,
    "label": _label,
    "unit": _unit,
    "is": _formula,
    "round": _rounding,
    "role": _choice(*terms.FIGURE_ROLES),
}
_MEASURE: dict[str, Reader] = {"name": _name, "label": _label, "unit": _unit}
_GROUP: dict[str, Reader] = {"name": _name, "label": _label, "where": _formula}
_WEIGHT: dict[str, Reader] = {
    "name": _name,
    "label": _label,
    "is": _formula,
    "unit": _unit,
    "round": _rounding,
}
_PARTY: dict[str, Reader] = {"name": _name, "label": _label, "code": _text}
_STEP: dict[str, Reader] = {
    "name": _name,
    "label": _label,
    "from": _name,
    "paid_by": _name,
    "to": _name,
    "among": _name,
    "by": _name,
    "into": _into,
    "labels": _labels,
    "percent": _percent,
    "of": _formula,
    "amount": _formula,
    "rate": _formula,
    "rest": _flag,
    "when": _formula,
    "at_least": _formula,
    "at_most": _formula,
    "each_at_least": _formula,
    "each_at_most": _formula,
    "excess_to": _name,
    "if_short": _name,
    "rounding": _rounding,
    "residual_to": _text,
    "in_kind": _in_kind,
    "into_contribution": _percent,
    "legal_basis": _choice(*terms.LEGAL_BASES),
    "law": _text,
    "stream": _choice(*terms.STREAMS),
    "role": _choice(*terms.ROLES),
}
_QUANTIFICATION: dict[str, Reader] = {
    "name": _name,
    "label": _label,
    "amount": _formula,
    "among": _name,
    "by": _name,
    "kind": _choice("reserve", "subsidy", "donation"),
    "law": _text,
}
_HEAD: dict[str, Reader] = {
    "code": _text,
    "version": _text,
    "title": _label,
    "kind": _choice(*terms.PLAN_KINDS),
    "legal_basis": _choice(*terms.LEGAL_BASES),
    "effective_from": _day,
    "effective_until": _day,
    "source": _text,
    "attributes": _names,
}
_ATTRIBUTE_OF = {"is": "formula", "round": "rounding", "from": "pool"}
"""Where the key people write is not a name Python lets us use."""

_TABLES: dict[str, tuple[type, dict[str, Reader], tuple[str, ...]]] = {
    "figure": (Figure, _FIGURE, ("name", "label")),
    "measure": (Measure, _MEASURE, ("name", "label", "unit")),
    "group": (Group, _GROUP, ("name", "label", "where")),
    "weight": (Weight, _WEIGHT, ("name", "label", "is")),
    "party": (Party, _PARTY, ("name", "label")),
    "step": (Step, _STEP, ("name", "label")),
    "quantification": (
        Quantification,
        _QUANTIFICATION,
        ("name", "label", "amount", "among", "by"),
    ),
}
_HEAD_NEEDS = ("code", "version", "title", "kind", "legal_basis", "effective_from")


def read(text: str) -> Plan:
    """The plan a TOML text describes. Refuses with Refusals that name every problem and its place."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refusals([NotToml(why=str(error))]) from None
    problems: list[Refusal] = []
    head = {key: value for key, value in data.items() if key not in _TABLES}
    found: dict[str, Any] = _entries("plan", head, _HEAD, _HEAD_NEEDS, problems, (*_HEAD, *_TABLES))
    for key, (kind, readers, needs) in _TABLES.items():
        found[_plural(key)] = tuple(_rows(key, data.get(key, []), kind, readers, needs, problems))
    if not found["steps"] and not problems:
        problems.append(MissingKey(where="plan", key="[[step]]"))
    if problems:
        raise Refusals(problems)
    plan = Plan(**found)
    problems = problems_of_names(plan)
    if problems:
        raise Refusals(problems)
    return plan


def _plural(key: str) -> str:
    return "parties" if key == "party" else f"{key}s"


def _rows(
    key: str,
    rows: Any,
    kind: type,
    readers: Mapping[str, Reader],
    needs: tuple[str, ...],
    problems: list[Refusal],
) -> Iterable[Any]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append(
            WrongEntry(
                where="plan",
                key=key,
                value=_short(rows),
                wanted=N_("a list"),
                example=f"[[{key}]]",
            )
        )
        return
    for number, row in enumerate(rows, 1):
        where = f"{key} “{row['name']}”" if isinstance(row.get("name"), str) else f"{key} {number}"
        before = len(problems)
        entries = _entries(where, row, readers, needs, problems)
        name = entries.get("name")
        if name is not None and not is_name(name):
            problems.append(NotAName(where=where, name=name))
        if len(problems) == before:
            yield kind(**entries)


def _entries(
    where: str,
    row: Mapping[str, Any],
    readers: Mapping[str, Reader],
    needs: tuple[str, ...],
    problems: list[Refusal],
    known: Iterable[str] = (),
) -> dict[str, Any]:
    entries = {}
    for key, value in row.items():
        if key not in readers:
            problems.append(UnknownKey(where=where, key=key, known=", ".join(known or readers)))
            continue
        try:
            entries[_ATTRIBUTE_OF.get(key, key)] = readers[key](value)
        except _Wrong as wrong:
            problems.append(
                WrongEntry(
                    where=where,
                    key=key,
                    value=_short(value),
                    wanted=wrong.wanted,
                    example=wrong.example,
                )
            )
        except Refusal as refusal:
            problems.append(RuleRefused(where=where, key=key, refusal=refusal))
    problems.extend(MissingKey(where=where, key=key) for key in needs if key not in row)
    return entries


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def write(plan: Plan) -> str:
    """The plan as TOML. `read(write(plan)) == plan`."""
    parts = [_table(plan, _HEAD)]
    for key, (_, readers, _) in _TABLES.items():
        rows = getattr(plan, _plural(key))
        parts.extend(f"[[{key}]]\n{_table(row, readers)}" for row in rows)
    return "\n".join(parts)


def _table(row: Any, readers: Mapping[str, Reader]) -> str:
    defaults = {each.name: each.default for each in fields(row)}
    lines = []
    for key in readers:
        attribute = _ATTRIBUTE_OF.get(key, key)
        value = getattr(row, attribute)
        empty = value is None or value == "" or value is False or value == () or value == {}
        if not empty and value != defaults[attribute]:
            lines.append(f"{key} = {_toml(value)}\n")
    return "".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, Rounding):
        return f'{{ to = "{plain(value.to)}", mode = "{value.mode}" }}'
    if isinstance(value, InKind):
        entries = {each.name: getattr(value, each.name) for each in fields(value)}
        return _toml({key: entry for key, entry in entries.items() if entry})
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml_key(key)} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return _toml_text(value)


def _toml_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


def _toml_key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else _toml_text(key)
