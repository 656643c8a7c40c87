"""Share many sums at once: the largest remainder of rules/allotment.py for millions of rows.

Whole numbers throughout. Where weight times sum could pass 63 bits the work is done in 128, never in floats.
"""

import polars as pl

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
    _check(lines, totals)
    wide = _wide(lines, totals)
    number = pl.Int128 if wide else pl.Int64
    whole = pl.col("weight").cast(number).sum().over("group") * pl.col("step")
    product = pl.col("weight").cast(number) * pl.col("fen")
    shared = (
        lines.lazy()
        .sort("group", "code")
        .join(totals.lazy(), on="group", how="left", maintain_order="left")
        .with_columns(whole.clip(1).alias("whole"), product.alias("product"))
        .with_columns(
            (pl.col("product") // pl.col("whole")).cast(pl.Int64).alias("units"),
            (pl.col("product") % pl.col("whole")).alias("remainder"),
        )
        .with_columns(
            (pl.col("fen") // pl.col("step") - pl.col("units").sum().over("group")).alias("left"),
            _greatest_first(wide).rank("ordinal").over("group").alias("place"),
        )
    )
    units = pl.col("units") + (pl.col("place") <= pl.col("left")).cast(pl.Int64)
    fen = pl.when(pl.col("weight") > 0).then(units * pl.col("step")).otherwise(0)
    return shared.select(*lines.columns, fen.alias("fen")).collect()


def _check(lines: pl.DataFrame, totals: pl.DataFrame) -> None:
    below = lines.filter(pl.col("weight") < 0)
    if below.height:
        raise NegativeWeight(code=below["code"][0])
    if totals.filter(pl.col("fen") < 0).height:
        raise NegativeTotal(total=totals["fen"].min())
    weighed = lines.lazy().filter(pl.col("weight") > 0).select("group").unique()
    if totals.lazy().filter(pl.col("fen") > 0).join(weighed, on="group", how="anti").collect().height:
        raise NothingToShareBy()


def _greatest_first(wide: bool) -> pl.Expr:
    """Remainders negated; Polars ranks no 128-bit numbers, so those go as two halves."""
    remainder = pl.col("remainder")
    if not wide:
        return -remainder
    return pl.struct(-(remainder // HALF).cast(pl.Int64), -(remainder % HALF).cast(pl.Int64).alias("low"))


def _wide(lines: pl.DataFrame, totals: pl.DataFrame) -> bool:
    """True when some product or sum could pass 63 bits."""
    heaviest, rows = int(lines["weight"].max() or 0), lines.height
    return heaviest * max(int(totals["fen"].max() or 0), rows * int(totals["step"].max() or 1)) >= LIMIT
