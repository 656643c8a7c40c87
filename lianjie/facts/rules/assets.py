"""What a collective holds: buildings, equipment, orchards, waste and forest land; what they lose in worth.

Property of a collective is never split among its members (collective law, art. 36); only the income of a year
is shared, after reserves (arts. 40, 42). A household-type asset (到户类) belongs to the household: the
collective keeps a note of it and no value.

Depreciation is straight line by the month, from the month after an asset comes to the month in which it goes.
What has been charged by a day is one figure from the whole life, rounded half up to the fen, less what was
charged before: so months add up and the last one takes what rounding left. Every month is charged for itself,
on its last day, so that wear stands in its own month and year however late it is booked.
Source: accounting system 财会〔2021〕37号, accounts 151, 152, 142, 143; residual and lives in
parameters/assets.toml.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from lianjie.base.period import last_day, month_of
from lianjie.base.quantity import half_up
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_

WORN = ("building", "facility", "equipment", "plantation")
LAND = ("waste_land", "forest_land", "other_land")
KINDS = (*WORN, *LAND)
CATEGORIES = ("operating", "welfare", "household")
"""经营性, 公益性, 到户类 (国办函〔2021〕51号)."""
ORIGINS = ("held", "bought", "built", "poverty_fund", "granted", "donated", "by_law")
"""by_law: land and forest the law gives to the collective; poverty_fund: 扶贫投资形成."""
PAID = ("held", "bank", "cash", "subsidy", "donation")
"""How its worth came into the books: `held` when it stands there already, or is only noted."""
USES = ("own", "idle", "lent")
WAYS = ("sold", "scrapped", "lost", "handed_over")
ONE = 1_000_000


class LandNeedsExtent(Refusal):
    what = N_("{name} is land, and its extent is missing.")
    fix = N_("Write how many mu it has.")


class LandNotWorn(Refusal):
    what = N_("{name} is land: it has no useful life and is not depreciated.")
    fix = N_("Leave life and worth empty; what is planted on it is an asset of its own.")


class HouseholdAssetNotBooked(Refusal):
    what = N_("{name} is a household-type asset: it belongs to the household, not to the collective's books.")
    fix = N_("Enter it as held already and without a worth; the register keeps a note of it.")


class WorthMissing(Refusal):
    what = N_("{name} is bought or built, and what it cost is missing.")
    fix = N_("Write its price from the invoice or the handing-over list.")


class WornBeyondCost(Refusal):
    what = N_("Residual and depreciation so far of {name} are more than what it cost, or below zero.")
    fix = N_("Correct the price, the residual or the depreciation so far.")


class DepreciationSoFarWithoutDay(Refusal):
    what = N_("{name} has depreciation so far, and the day up to which it was taken is missing.")
    fix = N_("Give the last day of the month it was taken for; only an asset held already can have one.")


class AssetGone(Refusal):
    what = N_("Asset {asset} is gone since {gone}; nothing can happen to it on {day}.")
    fix = N_("Correct the day.")


class BeforeAsset(Refusal):
    what = N_("Asset {asset} is there since {start}; nothing can happen to it on {day}.")
    fix = N_("Correct the day.")


class DisposalNeedsDecision(Refusal):
    what = N_("An asset is given away by a decision of the members, under a name.")
    fix = N_("Write who decided, and the resolution.")


class ChargedAfterwards(Refusal):
    what = N_("Asset {asset} went on {day}, but {fen} yuan of depreciation are charged for later months.")
    fix = N_("Take those charges back on its page first, the latest first.")


class AssetStillLet(Refusal):
    what = N_("Asset {asset} is let by contract {contract} on {day}.")
    fix = N_("End the contract first.")


@dataclass(frozen=True)
class Asset:
    """One entry of the register. Money in fen; `extent_mu4` in ten-thousandths of a mu.

    residual_e6   what is left at the end of its life, in millionths of the cost
    life_months   0 when it is not depreciated
    taken_fen, taken_until  depreciation already in the books, up to and with that day
    """

    number: str
    name: str
    kind: str
    category: str
    start: date
    cost_fen: int = 0
    residual_e6: int = 0
    life_months: int = 0
    taken_fen: int = 0
    taken_until: date | None = None
    extent_mu4: int = 0
    origin: str = "held"
    paid: str = "held"
    evidence: str = ""

    @property
    def residual_fen(self) -> int:
        """Half up to the fen."""
        return half_up(Fraction(self.cost_fen * self.residual_e6, ONE))


def accept(asset: Asset) -> None:
    """Refuses an entry that cannot be."""
    name = asset.name
    if asset.kind in LAND:
        if asset.extent_mu4 <= 0:
            raise LandNeedsExtent(name=name)
        if asset.life_months or asset.cost_fen or asset.taken_fen:
            raise LandNotWorn(name=name)
        return
    if asset.category == "household":
        if asset.paid != "held" or asset.cost_fen or asset.life_months or asset.taken_fen:
            raise HouseholdAssetNotBooked(name=name)
        return
    if asset.paid != "held" and asset.cost_fen <= 0:
        raise WorthMissing(name=name)
    if bool(asset.taken_fen) != bool(asset.taken_until) or (asset.taken_fen and asset.paid != "held"):
        raise DepreciationSoFarWithoutDay(name=name)
    if (
        min(asset.cost_fen, asset.taken_fen, asset.residual_e6) < 0
        or asset.residual_fen + asset.taken_fen > asset.cost_fen
    ):
        raise WornBeyondCost(name=name)


def check(asset: Asset) -> tuple[Finding, ...]:
    """What a person should look at."""
    found = []
    if asset.origin == "poverty_fund" and not asset.evidence.strip():
        found.append(
            Finding(
                "fund-asset-without-paper",
                N_("Formed with poverty funds: the paper of its confirmation and handing-over is missing."),
                where=asset.number,
                law="国办函〔2021〕51号",
            )
        )
    if asset.kind in WORN and asset.category != "household" and asset.cost_fen and not asset.life_months:
        found.append(
            Finding("asset-without-life", N_("No useful life: it is not depreciated."), where=asset.number)
        )
    return tuple(found)


def charged_by(asset: Asset, day: date, gone: date | None = None) -> int:
    """What should have been charged by the end of `day` since the register took the asset over, in fen.

    Only whole months count; the month in which it went counts whole.
    """
    base = asset.cost_fen - asset.residual_fen - asset.taken_fen
    first = month_of(asset.start) + 1
    left = asset.life_months
    if asset.taken_until:
        begun = max(month_of(asset.taken_until + timedelta(days=1)), first)
        left -= begun - first
        first = begun
    closed = month_of(day + timedelta(days=1))
    if gone is not None and day >= gone:
        closed = month_of(gone) + 1
    months = min(closed - first, left)
    if asset.life_months <= 0 or left <= 0 or months <= 0 or base <= 0:
        return 0
    return half_up(Fraction(base * months, left))


def charges(
    asset: Asset, until: date, before: Sequence[tuple[date, int]], gone: date | None = None
) -> Iterator[tuple[date, int]]:
    """What is still to be charged by the end of `until`: day, the last of its month or that it went, and fen.

    before  charges that stand: day and fen

    Of an asset held already whose depreciation so far nobody knows, what was never charged before the year of
    `until` is charged in that year: the books of the years before did without it.
    """
    left = charged_by(asset, until, gone) - sum(fen for _, fen in before)
    month = month_of(asset.taken_until or asset.start)
    if asset.paid == "held" and asset.taken_until is None and not before:
        month = max(month, until.year * 12)
    while left > 0 and month <= month_of(until):
        day = min(last_day(month), until)
        due = charged_by(asset, day, gone) - sum(fen for on, fen in before if on <= day)
        if fen := min(left, due) if due > 0 else 0:
            yield day, fen
            before, left = [*before, (day, fen)], left - fen
        month += 1


def month_key(day: date) -> str:
    """202605: names the charge of a month."""
    return f"{day.year}{day.month:02d}"


@dataclass(frozen=True)
class Usual:
    """What the form offers: residual in percent, months by kind, and where that is written."""

    residual_percent: str
    months: dict[str, int]
    sources: tuple[str, ...]


def usual(parameters: str, day: date) -> Usual:
    """The figures in force on a day, from the text of parameters/assets.toml."""
    read = tomllib.loads(parameters)
    residual = [row for row in read["residual"] if row["from"] <= day]
    lives = [row for row in read["life"] if row["from"] <= day]
    rows = [*residual[-1:], *lives, *(row for row in read["counting"] if row["from"] <= day)]
    return Usual(
        residual[-1]["percent"] if residual else "",
        {row["kind"]: row["months"] for row in lives},
        tuple(row["source"] for row in rows),
    )
