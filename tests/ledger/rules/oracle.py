"""A settlement worked out a second time, slowly: fractions and sorting, nothing from the engine's arithmetic.

It reads the same `Plan` and `Given`, so that whatever the engine gives can be held against it. Formulas are
those the generated plans use: numbers, percent signs, names, sums over groups, and + - * /.
"""

import re
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(%?)")
SMALL = {"yuan": 100, "kg": 1000, "mu": 10_000, "share": 10_000, "person": 10_000}


class Stop(Exception):
    """The settlement cannot go on; the engine must refuse too."""


def work_out(text, names):
    def exact(found):
        return f"F('{found[1]}')" + ("/100" if found[2] else "")

    return eval(NUMBER.sub(exact, text), {"__builtins__": {}, "F": Fraction}, names)  # noqa: S307 - our own text


def to_multiple(number, step, mode):
    """`number` as a multiple of `step`."""
    units = Fraction(number) / step
    low, high = floor(units), ceil(units)
    if mode == "down" or low == high:
        return low * step
    if mode == "up" or units - low > Fraction(1, 2):
        return high * step
    if units - low < Fraction(1, 2):
        return low * step
    return (high if mode == "half_up" or low % 2 else low) * step


def in_steps(quotas, step, mode):
    """Quotas of a dictionary in code order, as whole steps, by the named mode."""
    if mode not in ("largest_remainder", "first"):
        return {code: int(to_multiple(quota, step, mode)) for code, quota in quotas.items()}
    parts = {code: floor(quota / step) * step for code, quota in quotas.items()}
    whole_steps = floor(sum(quotas.values()) / step) * step
    waiting = [code for code in quotas if quotas[code] > 0]
    if mode == "largest_remainder":
        waiting = sorted(quotas, key=lambda code: (parts[code] - quotas[code], code))
    while sum(parts.values()) < whole_steps:
        parts[waiting.pop(0)] += step
    return parts


def by_weight(total, weights):
    whole = sum(weights.values())
    return {code: Fraction(total) * weight / whole for code, weight in weights.items()}


def filled(total, weights, floors, caps):
    """Water poured into vessels: find the two bends the level lies between, then draw the straight line."""
    if sum(floors.values()) > total:
        return by_weight(total, floors)

    def vessel(code, level):
        top = max(caps[code], floors[code]) if caps[code] is not None else None
        held = max(level * weights[code], floors[code])
        return held if top is None else min(held, top)

    def held(level):
        return sum(vessel(code, level) for code in weights)

    bends = {Fraction(0), Fraction(total) / min(weights.values())}
    bends |= {floors[code] / weights[code] for code in weights}
    bends |= {max(caps[code], floors[code]) / weights[code] for code in weights if caps[code] is not None}
    bends = sorted(bends)
    level = bends[-1]
    for low, high in pairwise(bends):
        if held(low) <= total < held(high):
            level = low + (high - low) * (total - held(low)) / (held(high) - held(low))
            break
    return {code: vessel(code, level) for code in weights}


class Oracle:
    """lines: step -> code -> fen; parties: party -> fen; left: pool -> fen."""

    def __init__(self, plan, given):
        self.plan, self.given = plan, given
        self.people = sorted(given.recipients, key=lambda one: one.code)
        self.left, self.whole, self.parties, self.lines, self.decided = {}, {}, {}, {}, {}
        for step in plan.steps:
            self.run(step)

    # what formulas see

    def measures(self, one):
        units = {"contribution": "yuan", "land_mu": "mu", "shares": "share", "persons": "person"}
        return {name: Fraction(one.measures.get(name, 0), SMALL[unit]) for name, unit in units.items()}

    def group(self, name):
        tests = {
            "everyone": lambda one: True,
            "members": lambda one: bool(one.attributes.get("member", False)),
            "growers": lambda one: self.measures(one)["land_mu"] >= 2,
        }
        return [one for one in self.people if tests[name](one)]

    def weight(self, name, one):
        measures = self.measures(one)
        made = {"equally": Fraction(1), "mixed": measures["land_mu"] + measures["persons"] / 3}
        return (measures | made)[name]

    def general(self, step):
        figures = {name: figure.value for name, figure in self.given.figures.items()}
        names = figures | self.decided
        if step.pool:
            names |= {
                "pool": Fraction(self.whole[step.pool], 100),
                "rest": Fraction(self.left[step.pool], 100),
            }
        of_groups = {name: name for name in ("everyone", "members", "growers")}
        of_weights = {name: name for name in ("contribution", "land_mu", "shares", "persons", "mixed")}
        sums = {
            "sum": lambda weight, group: sum(
                (self.weight(weight, one) for one in self.group(group)), Fraction(0)
            ),
            "count": lambda group: Fraction(len(self.group(group))),
        }
        return names | of_groups | of_weights | sums

    # a step

    def run(self, step):
        if step.pool and step.pool not in self.left:
            fen = self.given.figures[step.pool].value * 100
            assert fen.denominator == 1
            self.left[step.pool] = self.whole[step.pool] = int(fen)
        self.names = self.general(step)
        self.lines[step.name] = {}
        self.gains, self.parts, self.pays = {}, {}, 0
        rounding = self.plan.rounding_of(step)
        self.unit, self.mode = int(rounding.to * 100), rounding.mode
        if step.when and not work_out(step.when, self.names):
            self.parts = {part: 0 for part in step.into if not self.plan.party(part)}
        elif step.rate:
            self.by_rate(step)
        else:
            self.by_amount(step)
        self.close(step)

    def close(self, step):
        gone = sum(self.lines[step.name].values()) + sum(self.parts.values()) + sum(self.gains.values())
        if self.pays:
            self.pays = min(self.pays, max(0, gone - self.left[step.pool]))
            gone -= self.pays
            self.gains[step.if_short] = self.gains.get(step.if_short, 0) - self.pays
        if step.paid_by:
            self.gains[step.paid_by] = self.gains.get(step.paid_by, 0) - gone
        else:
            self.left[step.pool] -= gone
        for party, fen in self.gains.items():
            self.parties[party] = self.parties.get(party, 0) + fen
        for part, fen in self.parts.items():
            self.left[part] = self.whole[part] = fen
        self.decided[step.name] = Fraction(gone, 100)

    def limited(self, step, yuan):
        least = work_out(step.at_least, self.names) if step.at_least else None
        most = work_out(step.at_most, self.names) if step.at_most else None
        if least is not None and most is not None and least > most:
            raise Stop("floor above cap")
        yuan = yuan if least is None else max(yuan, least)
        return yuan if most is None else min(yuan, most)

    def taken(self, step, wanted):
        """How much there is to divide; what the pool lacks is noted when a party pays it."""
        there = self.left[step.pool] if step.pool else wanted
        if wanted <= there:
            return wanted
        if step.if_short == "refuse":
            raise Stop("pool too small")
        if (wanted - there == 1 and not step.amount and not step.rate) or step.if_short == "share":
            return there
        self.pays = wanted - there
        return wanted

    def by_amount(self, step):
        if step.rest:
            yuan = self.names["rest"]
        elif step.percent:
            yuan = work_out(step.percent, self.names) / 100 * work_out(step.of, self.names)
        else:
            yuan = work_out(step.amount, self.names)
        fen = max(self.limited(step, yuan), Fraction(0)) * 100
        if step.to:
            self.gains[step.to] = self.taken(step, int(to_multiple(fen, self.unit, self.mode)))
            return
        total = self.taken(step, int(to_multiple(fen, 1, "half_up")))
        self.into(step, total) if step.into else self.among(step, total)

    def into(self, step, total):
        quotas = {}
        for part, size in step.into.items():
            if size != "rest":
                quotas[part] = work_out(size, self.names) * (total if size.endswith("%") else 100)
        if sum(quotas.values()) > total:
            raise Stop("parts exceed the whole")
        for part, size in step.into.items():
            if size == "rest":
                quotas[part] = total - sum(quotas.values())
        parts = in_steps(quotas, self.unit, self.mode)
        for part, fen in parts.items():
            (self.gains if self.plan.party(part) else self.parts)[part] = fen
        self.residual(step, total - sum(parts.values()), total)

    def among(self, step, total):
        weights = {one.code: self.weight(step.by, one) for one in self.group(step.among)}
        weights = {code: weight for code, weight in weights.items() if weight > 0}
        if not total:
            return
        if not weights:
            raise Stop("nobody to share with")
        excess = 0
        if step.each_at_least or step.each_at_most:
            quotas = filled(total, weights, *self.bounds(step, weights))
            excess = total - ceil(sum(quotas.values()))
        else:
            quotas = by_weight(total, weights)
        parts = in_steps(quotas, self.unit, self.mode)
        self.lines[step.name] = parts
        self.residual(step, total - excess - sum(parts.values()), total)
        if excess and step.excess_to not in ("", "pool"):
            self.gains[step.excess_to] = self.gains.get(step.excess_to, 0) + excess

    def bounds(self, step, weights):
        floors, caps = {}, {}
        for one in self.people:
            if one.code not in weights:
                continue
            names = self.names | self.measures(one)
            floors[one.code], caps[one.code] = Fraction(0), None
            if step.each_at_least:
                fen = work_out(step.each_at_least, names) * 100
                floors[one.code] = Fraction(ceil(fen / self.unit) * self.unit)
            if step.each_at_most:
                fen = work_out(step.each_at_most, names) * 100
                caps[one.code] = Fraction(floor(fen / self.unit) * self.unit)
        return floors, caps

    def by_rate(self, step):
        rate = work_out(step.rate, self.names)
        weights = {one.code: self.weight(step.by, one) for one in self.group(step.among)}
        weights = {code: weight for code, weight in weights.items() if weight > 0}
        floors, caps = self.bounds(step, weights)
        quotas = {}
        for code, weight in weights.items():
            quota = rate * weight * 100
            quota = quota if caps[code] is None else min(quota, caps[code])
            quotas[code] = max(quota, floors[code])
        exact = sum(quotas.values(), Fraction(0))
        asked = self.limited(step, exact / 100) * 100
        parts = in_steps(quotas, self.unit, self.mode)
        if not exact and not asked:
            self.lines[step.name] = parts
            return
        if not exact and not weights:
            raise Stop("nobody to share with")
        quotas = quotas if exact else weights
        if asked != exact:
            parts = in_steps(by_weight(floor(asked), quotas), 1, "largest_remainder")
        wanted = sum(parts.values())
        total = self.taken(step, wanted)
        if total < wanted:
            parts = in_steps(by_weight(total, quotas), 1, "largest_remainder")
        self.lines[step.name] = parts

    def residual(self, step, fen, total):
        if not fen:
            return
        to = step.residual_to or "pool"
        lines = self.lines[step.name]
        if to.startswith("recipient "):
            code = to.split()[1]
            if code not in [one.code for one in self.people] or lines.get(code, 0) + fen < 0:
                raise Stop("residual")
            lines[code] = lines.get(code, 0) + fen
        elif to != "pool":
            self.gains[to] = self.gains.get(to, 0) + fen
        elif -fen > self.left[step.pool] - (total - self.pays):
            raise Stop("residual")
