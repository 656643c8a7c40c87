"""Share a sum to the last fen.

One rule is the default everywhere. Largest remainder: every part is its exact quota rounded down to the
rounding step; the steps left over go one each to the largest remainders, ties to the smaller code. So no
part is off its quota by a full step, the parts add up, and the order of the list is worth nothing.

Other ways people really settle have names too: `first` (left-over steps to the first in order), `down`, `up`,
`half_up` and `half_even` (each part by itself; what that leaves or lacks is the residual, and the plan
says who takes it). A rounding step is in fen: 1, 10 (jiao), 100 (yuan), 1000 ...

`allot_table` (in bulk.py) is the same largest remainder for millions of rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal, get_args

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.ledger.rules.expression import rounded

Mode = Literal["largest_remainder", "first", "down", "up", "half_up", "half_even"]
MODES: tuple[str, ...] = get_args(Mode)


class NothingToShareBy(Refusal):
    what = N_("There is nothing to share by: no weight is above zero.")
    fix = N_("Check the group and the weights, or leave this step out.")


class NegativeWeight(Refusal):
    what = N_("The weight of {code} is below zero.")
    fix = N_("Correct the entry it comes from; a weight is zero or more.")


class NegativeTotal(Refusal):
    what = N_("{total} cannot be shared: it is below zero.")
    fix = N_("Share zero or more; a loss is borne by its own rule.")


@dataclass(frozen=True)
class Shared:
    """Parts in fen by code, and the residual: what they leave of the total (below zero: lack)."""

    parts: Mapping[str, int]
    residual_fen: int


def allot(total: Fen, weights: Mapping[str, int]) -> dict[str, Fen]:
    """Share `total` in proportion to `weights`, to the last fen.

    total    fen, zero or more
    weights  code -> whole number >= 0, all in one unit (gram, share-day, fen)
    returns  code -> fen; the values add up to `total`

    Largest remainder, ties to the smaller code. Refuses with NothingToShareBy when no weight is above
    zero, NegativeWeight, NegativeTotal.
    """
    shared = share(total.n, weights)
    return {code: Fen(fen) for code, fen in shared.parts.items()}


def share(
    total_fen: int,
    weights: Mapping[str, int],
    step_fen: int = 1,
    mode: str = "largest_remainder",
) -> Shared:
    """Share in proportion to whole-number weights, in steps of `step_fen`, by the named mode."""
    if total_fen < 0:
        raise NegativeTotal(total=Fen(total_fen))
    for code, weight in weights.items():
        if weight < 0:
            raise NegativeWeight(code=code)
    whole = sum(weights.values())
    if whole == 0:
        raise NothingToShareBy()
    # Whole numbers until the last: floor and remainder of total * weight / (whole * step).
    if mode == "largest_remainder":
        return _largest_remainder(total_fen, weights, whole, step_fen)
    quotas = {code: Fraction(total_fen * weight, whole) for code, weight in weights.items()}
    return round_quotas(quotas, total_fen, step_fen, mode)


def _largest_remainder(total: int, weights: Mapping[str, int], whole: int, step: int) -> Shared:
    divisor = whole * step
    split = {code: divmod(total * weight, divisor) for code, weight in weights.items()}
    units = {code: floor_units for code, (floor_units, _) in split.items()}
    left = total // step - sum(units.values())
    for code in sorted(weights, key=lambda each: (-split[each][1], each))[:left]:
        units[code] += 1
    return Shared({code: count * step for code, count in units.items()}, total % step)


def round_quotas(
    quotas: Mapping[str, Fraction],
    total_fen: int,
    step_fen: int = 1,
    mode: str = "largest_remainder",
) -> Shared:
    """Round exact quotas (in fen, adding up to at most `total_fen`) by the named mode.

    In `first` and `largest_remainder`, whole steps of the quotas' sum that rounding down leaves over are
    given out again; anything else is the residual.
    """
    if mode in ("largest_remainder", "first"):
        return _given_out(quotas, total_fen, step_fen, mode)
    step = Fraction(step_fen)
    parts = {code: int(rounded(quota, step, mode)) for code, quota in quotas.items()}
    return Shared(parts, total_fen - sum(parts.values()))


def _given_out(quotas: Mapping[str, Fraction], total_fen: int, step_fen: int, mode: str) -> Shared:
    units = {code: floor(quota / step_fen) for code, quota in quotas.items()}
    remainders = {code: quota / step_fen - units[code] for code, quota in quotas.items()}
    left = floor(sum(quotas.values(), Fraction(0)) / step_fen) - sum(units.values())
    if mode == "first":
        order = [code for code in quotas if quotas[code] > 0]
    else:
        order = sorted(quotas, key=lambda each: (-remainders[each], each))
    for code in order[:left]:
        units[code] += 1
    parts = {code: count * step_fen for code, count in units.items()}
    return Shared(parts, total_fen - sum(parts.values()))


def fill(
    total_fen: int,
    weights: Mapping[str, Fraction],
    at_least: Mapping[str, Fraction],
    at_most: Mapping[str, Fraction | None],
) -> dict[str, Fraction]:
    """Exact quotas in fen by weight, each no less than its floor and no more than its cap.

    Water-filling: one level per unit of weight for all, found exactly, so that the clamped parts add up to
    the total. A floor or cap of one changes only what is left for the others. Only those with a weight
    above zero take part. When the floors alone pass the total they are cut in proportion; when the caps
    together fall short of it, the parts add up to the caps and the caller places the rest.
    """
    sharing = {code: weight for code, weight in weights.items() if weight > 0}
    quotas = {code: Fraction(0) for code in weights}
    floors = {code: at_least.get(code, Fraction(0)) for code in sharing}
    promised = sum(floors.values(), Fraction(0))
    if promised > total_fen:
        return quotas | {code: total_fen * floors[code] / promised for code in sharing}
    caps = {code: at_most.get(code) for code in sharing}
    level = _level(Fraction(total_fen), sharing, floors, caps)
    return quotas | {code: _clamp(level, sharing[code], floors[code], caps[code]) for code in sharing}


def _clamp(level: Fraction | None, weight: Fraction, low: Fraction, high: Fraction | None) -> Fraction:
    """`level` None stands for a level above every cap. A cap below a floor yields to the floor."""
    if level is None:
        return max(low, high if high is not None else low)
    wanted = max(level * weight, low)
    return wanted if high is None else min(wanted, max(high, low))


def _level(
    total: Fraction,
    weights: Mapping[str, Fraction],
    floors: Mapping[str, Fraction],
    caps: Mapping[str, Fraction | None],
) -> Fraction | None:
    """The level at which the clamped parts add up to `total`; None when all are capped below it.

    The sum rises in straight pieces that bend only where someone leaves the floor or meets the cap.
    """
    bends: list[tuple[Fraction, Fraction]] = []
    for code, weight in weights.items():
        bends.append((floors[code] / weight, weight))
        cap = caps[code]
        if cap is not None:
            bends.append((max(cap, floors[code]) / weight, -weight))
    reached, slope, at = sum(floors.values(), Fraction(0)), Fraction(0), Fraction(0)
    for bend, change in sorted(bends):
        if slope > 0 and reached + slope * (bend - at) >= total:
            return at + (total - reached) / slope
        reached, slope, at = reached + slope * (bend - at), slope + change, bend
    return at + (total - reached) / slope if slope > 0 else (at if reached == total else None)


def to_step(fen: Fraction, step_fen: int, up: bool) -> Fraction:
    """A floor or cap moved to a whole rounding step, never to the recipient's harm (floors go up)."""
    units = ceil(fen / step_fen) if up else floor(fen / step_fen)
    return Fraction(units * step_fen)
