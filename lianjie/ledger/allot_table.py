"""Share many sums at once: the largest remainder of rules/allotment.py for millions of rows.

Whole numbers throughout. Where weight times sum could pass 63 bits the work is done in 128, never in floats.
"""

import polars as pl

from lianjie.base.fen import Fen
from lianjie.ledger.rules.allotment import NegativeTotal, NegativeWeight, NothingToShareBy

LIMIT, HALF = 2**63, 2**62


def allot_table(lines: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Share each group's sum in proportion to weight, in whole steps.

    lines    group Int64, code (text or number, ties go to the smaller), weight Int64 >= 0
    totals   group Int64 (once each), fen Int64 >= 0, step Int64 (the rounding step in fen)
    returns  `lines` in order of group and code, and fen Int64; what a group's sum holds beyond whole steps is
             left over

    Refuses with NegativeWeight, NegativeTotal, and NothingToShareBy when a group with money has no weight.
    """
    lines = _ordered(lines)
    groups = _groups(lines, totals)
    wide = _wide(groups)
    number = pl.Int128 if wide else pl.Int64
    of_group = groups.select("fen", "step", pl.col("divisor").cast(number))
    # Lines stand group by group, so a group's figures are gathered, not joined.
    at = lines.select(pl.col("group").rle_id())["group"]
    shared = (
        lines.with_columns(of_group[at])
        .lazy()
        .with_columns((pl.col("weight").cast(number) * pl.col("fen")).alias("product"))
        .with_columns((pl.col("product") // pl.col("divisor")).alias("units"))
        .with_columns(
            (pl.col("product") - pl.col("units") * pl.col("divisor")).alias("remainder"),
            pl.col("units").cast(pl.Int64),
        )
        .with_columns(
            (pl.col("fen") // pl.col("step") - pl.col("units").sum().over("group")).alias("left"),
            _greatest_first(wide).rank("ordinal").over("group").alias("place"),
        )
    )
    one_more = (pl.col("place") <= pl.col("left")) & (pl.col("weight") > 0)
    units = pl.col("units") + one_more.cast(pl.Int64)
    return shared.select(*lines.columns, (units * pl.col("step")).alias("fen")).collect()


def _groups(lines: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Each group's sum and what its products are divided by (all its weight, times the step), in order."""
    found = lines.group_by("group", maintain_order=True).agg(
        pl.col("weight").cast(pl.Int128).sum().alias("divisor"),
        pl.col("weight").min().alias("least"),
        pl.col("weight").max().alias("most"),
    )
    if (found["least"] < 0).any():
        raise NegativeWeight(code=lines.filter(pl.col("weight") < 0)["code"][0])
    if (totals["fen"] < 0).any():
        raise NegativeTotal(total=Fen(totals["fen"].min()))
    weighed = found.filter(pl.col("divisor") > 0)
    if totals.filter(pl.col("fen") > 0).join(weighed, on="group", how="anti").height:
        raise NothingToShareBy()
    return (
        found.join(totals, on="group", how="left", maintain_order="left")
        .with_columns(pl.col("fen").fill_null(0), pl.col("step").fill_null(1))
        .with_columns((pl.col("divisor") * pl.col("step")).clip(1))
        .drop("least")
    )


def _ordered(lines: pl.DataFrame) -> pl.DataFrame:
    """By group and code: ties go to the smaller code, which then stands first."""
    group, code = pl.col("group"), pl.col("code")
    follows = (group > group.shift()) | ((group == group.shift()) & (code >= code.shift()))
    ordered = lines.select(follows.fill_null(True).all()).item()
    return (lines if ordered else lines.sort("group", "code")).with_columns(pl.col("group").set_sorted())


def _greatest_first(wide: bool) -> pl.Expr:
    """Remainders negated; Polars ranks no 128-bit numbers, so those go as two halves."""
    remainder = pl.col("remainder")
    if not wide:
        return -remainder
    return pl.struct(-(remainder // HALF).cast(pl.Int64), -(remainder % HALF).cast(pl.Int64).alias("low"))


def _wide(groups: pl.DataFrame) -> bool:
    """True when some product or divisor could pass 63 bits."""
    product = groups["most"].cast(pl.Int128) * groups["fen"]
    return max(product.max() or 0, groups["divisor"].max() or 0) >= LIMIT
