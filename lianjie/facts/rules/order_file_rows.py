"""The rows of an order file understood, all at once: orders with their lines, and every problem.

Works on columns (Polars), since files have hundreds of thousands of rows. Pure: tables in, tables out. Money
is read from its digits, never through a float.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from lianjie.base.fen import Fen
from lianjie.base.words import N_
from lianjie.facts.rules import order_file as rules
from lianjie.facts.rules.order_file import BY_CODE, PERSONAL, FileMapping
from lianjie.facts.rules.raw import InWorkbook, Place
from lianjie.facts.rules.schema import letters

MOST_PROBLEMS = 5000
NOTHING = ("", "-", "--", "—", "/", "0", "0.0", "0.00", "无", "null")
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
ITEM = r"^(.*?)\s*(?:[*xX×＊]|,\s*数量[:：]?|【数量)\s*(\d+)\s*(?:件|份|箱|袋|】)?$"
"""One item of a list in a cell: 苹果 5斤装 × 2."""
BROKEN = "≈"
NUMBER = r"^[\w.@+-]{1,60}$"
PLAIN = r"^[0-9A-Za-z.@+-]{1,60}$"
"""Nearly every number; what is left is looked at closely."""


@dataclass(frozen=True)
class Understood:
    """What a file says.

    orders     number, row, day, paid_at (local), sent_day, amount_fen, back: "" or "whole" (all given back
               before it was sent), refund_fen and refunded_day of the order as a whole, refund_kind
    lines      number, place (1, 2, …), row, product, packs, quantity, amount_fen, refund_fen, refund_kind,
               refunded_day
    receivers  number, receiver, phone, address; no rows unless wanted
    repeated   rows that say the same as one before
    unpaid     rows of orders that were never paid
    """

    orders: pl.DataFrame
    lines: pl.DataFrame
    receivers: pl.DataFrame
    problems: tuple[InWorkbook, ...]
    repeated: int
    unpaid: int
    rows: int


@dataclass
class _Finder:
    """Collects problems, and knows where a field stands in the file."""

    sheet: str
    captions: Sequence[str]
    chosen: Mapping[str, str]

    def __post_init__(self) -> None:
        self.found: list[InWorkbook] = []

    def place(self, row: int, field: str) -> Place:
        caption = self.chosen.get(field, "")
        if not caption:
            return Place(self.sheet, row)
        return Place(self.sheet, row, letters(list(self.captions).index(caption)), caption)

    def look(
        self,
        frame: pl.DataFrame,
        wrong: pl.Expr,
        field: str,
        make: Callable[[Place, Mapping[str, Any]], InWorkbook],
    ) -> None:
        """One problem for each row where `wrong` holds."""
        for row in frame.filter(wrong).head(MOST_PROBLEMS - len(self.found)).iter_rows(named=True):
            self.found.append(make(self.place(row["row"], field), row))


def read(
    frame: pl.DataFrame,
    sheet: str,
    captions: Sequence[str],
    mapping: FileMapping,
    products: Mapping[str, int],
    today: date,
) -> Understood:
    """Understand every row of a file.

    frame     column `row`, then a text column for each caption, named by its place
    products  code of a product -> what a pack holds, in small units; 0 when sold loose
    """
    finder = _Finder(sheet, captions, {k: v for k, v in mapping.columns.items() if v})
    rows = _columns(frame, captions, finder.chosen)
    said = [name for name in finder.chosen if name not in PERSONAL]
    whole = rows.height
    rows = rows.unique(subset=said, keep="first", maintain_order=True)
    repeated = whole - rows.height
    rows = _numbers(_states(rows, mapping, finder), finder)
    paid = rows.filter(pl.col("meaning") != "unpaid")
    lines = _goods(paid, mapping, products, finder)
    lines = _money(_times(lines, finder, today), mapping, finder)
    orders, lines = _orders(lines, mapping, finder)
    receivers = paid.select("number", *PERSONAL).unique("number", keep="first", maintain_order=True)
    if not mapping.personal:
        receivers = receivers.clear()
    problems = sorted(finder.found, key=lambda each: (each.place.row, each.place.letter))
    return Understood(orders, lines, receivers, tuple(problems), repeated, rows.height - paid.height, whole)


def words(frame: pl.DataFrame, captions: Sequence[str], caption: str) -> dict[str, int]:
    """Every text under a caption and how often it stands there, the most frequent first."""
    if caption not in captions:
        return {}
    column = frame.get_column(str(list(captions).index(caption))).value_counts(sort=True)
    return {text: count for text, count in column.iter_rows() if text}


def goods(
    frame: pl.DataFrame, captions: Sequence[str], mapping: FileMapping, known: Sequence[str]
) -> dict[str, int]:
    """What the file calls goods that no code of ours names, and in how many rows."""
    rows = _columns(frame, captions, mapping.columns).select("row", "code", "goods", "spec")
    titles = _items(rows, mapping).filter(~pl.col("code").is_in(list(known)) | (pl.col("code") == ""))
    counted = titles.get_column("title").value_counts(sort=True)
    return {title: count for title, count in counted.iter_rows() if title}


def _columns(frame: pl.DataFrame, captions: Sequence[str], chosen: Mapping[str, str]) -> pl.DataFrame:
    at = {caption: str(number) for number, caption in reversed(list(enumerate(captions)))}
    return frame.select(
        pl.col("row").cast(pl.Int64),
        *(
            pl.col(at[chosen[code]]).str.strip_chars().alias(code)
            if chosen.get(code) in at
            else pl.lit("").alias(code)
            for code in BY_CODE
        ),
    )


def _numbers(rows: pl.DataFrame, finder: _Finder) -> pl.DataFrame:
    number = pl.col("number")
    odd = rows.filter(~number.str.contains(PLAIN))
    finder.look(odd, number == "", "number", lambda at, row: rules.OrderNumberEmpty(at))
    broken = number.str.starts_with(BROKEN)
    finder.look(
        odd, broken, "number", lambda at, row: rules.OrderNumberBroken(at, text=row["number"].lstrip(BROKEN))
    )
    strange = (number != "") & ~broken & ~number.str.contains(NUMBER)
    finder.look(odd, strange, "number", lambda at, row: rules.OrderNumberStrange(at, text=row["number"]))
    return rows


def _states(rows: pl.DataFrame, mapping: FileMapping, finder: _Finder) -> pl.DataFrame:
    """What the words of the file mean: `meaning` of the order, `kind` of what was given back."""
    backs = {word: kind for word, kind in mapping.refunds.items() if word not in NOTHING}
    rows = rows.with_columns(
        _said("state", mapping.states).alias("meaning"), _said("refund_state", backs).alias("kind")
    )
    finder.look(
        rows,
        pl.col("meaning").is_null(),
        "state",
        lambda at, row: rules.OrderStateUnknown(at, text=row["state"]),
    )
    worded = ~pl.col("refund_state").is_in(NOTHING)
    finder.look(
        rows,
        pl.col("kind").is_null() & worded & ~pl.col("refund").is_in(NOTHING),
        "refund_state",
        lambda at, row: rules.OrderStateUnknown(at, text=row["refund_state"]),
    )
    never = (pl.col("meaning") == "closed") & (pl.col("paid_at").is_in(NOTHING))
    sent = ~pl.col("sent_at").is_in(NOTHING)
    closed = pl.col("meaning") == "closed"
    meaning = (
        pl.when(never)
        .then(pl.lit("unpaid"))
        .when(closed & sent)
        .then(pl.lit("sent_back"))
        .when(closed)
        .then(pl.lit("paid_back"))
        .otherwise(pl.col("meaning"))
    )
    return rows.with_columns(
        meaning.fill_null("paid").alias("meaning"),
        pl.col("kind").fill_null(pl.when(worded).then(pl.lit("refund")).otherwise(pl.lit(""))),
    )


def _said(column: str, meanings: Mapping[str, str]) -> pl.Expr:
    """The meaning of each word of a column; null for a word without one."""
    return pl.col(column).replace_strict(
        list(meanings) or [""], list(meanings.values()) or [""], default=None, return_dtype=pl.String
    )


def _items(rows: pl.DataFrame, mapping: FileMapping) -> pl.DataFrame:
    """`title` of the goods, one row for each item; a cell may hold a list of items with their numbers."""
    title = pl.when(pl.col("spec") == "").then(pl.col("goods"))
    titled = rows.with_columns(title.otherwise(pl.concat_str("goods", "spec", separator=" ")).alias("title"))
    if mapping.shape == "line" or not titled.get_column("goods").str.contains(r"[;；\n]|[*×＊]\s*\d+").any():
        return titled.with_columns(pl.lit("").alias("times"))
    parts = titled.with_columns(
        pl.col("title").str.replace_all("[；\n]", ";").str.strip_chars("; ").str.split(";")
    ).explode("title")
    item = pl.col("title").str.strip_chars().str
    return parts.with_columns(
        item.replace(ITEM, "$1").str.strip_chars().alias("title"),
        item.extract(ITEM, 2).fill_null("").alias("times"),
    )


def _goods(
    rows: pl.DataFrame, mapping: FileMapping, products: Mapping[str, int], finder: _Finder
) -> pl.DataFrame:
    """`product`, `packs` and `quantity`."""
    lines = _items(rows, mapping)
    code = pl.when(pl.col("code").is_in(list(products))).then(pl.col("code"))
    lines = lines.with_columns(code.otherwise(_said("title", mapping.goods)).alias("product"))
    lines = lines.with_columns(
        pl.when(pl.col("times") != "").then(pl.col("times")).otherwise(pl.col("packs")).alias("packs")
    )
    finder.look(
        lines,
        pl.col("product").is_null() | ~pl.col("product").is_in(list(products)),
        "goods" if finder.chosen.get("goods") else "code",
        lambda at, row: rules.OrderGoodsUnknown(at, text=row["title"] or row["code"]),
    )
    number = pl.col("packs").str.extract(r"^(\d{1,7})(?:\.0*)?$", 1).cast(pl.Int64, strict=False)
    lines = lines.with_columns(number.alias("count"), pl.col("product").fill_null(""))
    finder.look(
        lines,
        pl.col("count").is_null() | (pl.col("count") < 1),
        "packs",
        lambda at, row: rules.OrderPacksUnreadable(at, text=row["packs"]),
    )
    content = pl.col("product").replace_strict(
        list(products) or [""], list(products.values()) or [0], default=None, return_dtype=pl.Int64
    )
    lines = lines.with_columns(content.alias("content"))
    finder.look(
        lines,
        pl.col("content") == 0,
        "goods" if finder.chosen.get("goods") else "code",
        lambda at, row: rules.OrderGoodsLoose(at, product=row["product"]),
    )
    return lines.with_columns(
        pl.col("count").fill_null(1).alias("packs"),
        (pl.col("count").fill_null(1) * pl.col("content").fill_null(1)).alias("quantity"),
    )


def _times(lines: pl.DataFrame, finder: _Finder, today: date) -> pl.DataFrame:
    """`paid_at`, `day`, `sent_day`, `refunded_day`."""
    for name in ("paid_at", "sent_at", "refunded_at"):
        read_ = _time(lines.get_column(name))
        wrong = read_.is_null() & ~lines.get_column(name).is_in(NOTHING)
        finder.look(
            lines,
            pl.lit(wrong),
            name,
            lambda at, row, name=name: rules.OrderTimeUnreadable(at, text=row[name]),  # type: ignore[misc]
        )
        lines = lines.with_columns(read_.alias(name), pl.lit(wrong).alias(f"{name}_wrong"))
    finder.look(
        lines,
        pl.col("paid_at").is_null() & ~pl.col("paid_at_wrong"),
        "paid_at",
        lambda at, row: rules.OrderNotPaidYet(at),
    )
    sent = pl.col("meaning").is_in(["sent", "sent_back"])
    # Some exports say that it was sent and not when: then it counts as sent on the day it was paid.
    sent_at = pl.when(sent).then(pl.coalesce("sent_at", "paid_at"))
    lines = lines.with_columns(
        pl.col("paid_at").dt.date().alias("day"),
        sent_at.dt.date().alias("sent_day"),
        pl.col("refunded_at").dt.date().alias("refunded_day"),
    )
    for name in ("day", "sent_day", "refunded_day"):
        field = {"day": "paid_at", "sent_day": "sent_at", "refunded_day": "refunded_at"}[name]
        finder.look(
            lines,
            pl.col(name) > today,
            field,
            lambda at, row, name=name: rules.OrderTimeAhead(at, text=row[name]),  # type: ignore[misc]
        )
    finder.look(
        lines,
        pl.col("sent_day") < pl.col("day"),
        "sent_at",
        lambda at, row: rules.OrderSentTooEarly(at, sent=row["sent_day"], paid=row["day"]),
    )
    return lines


def _time(texts: pl.Series) -> pl.Series:
    plain = texts.str.replace_all("/", "-", literal=True).str.replace("T", " ", literal=True)
    found = plain.str.to_datetime(TIMES[0], strict=False)
    for form in TIMES[1:]:
        if not (found.is_null() & ~texts.is_in(NOTHING)).any():
            break
        found = found.fill_null(plain.str.to_datetime(form, strict=False))
    return found


def _money(lines: pl.DataFrame, mapping: FileMapping, finder: _Finder) -> pl.DataFrame:
    """`amount_fen` of the line or null, `order_fen` or null, `refund_fen`."""
    for name, to in (("amount", "amount_fen"), ("order_amount", "order_fen"), ("refund", "refund_fen")):
        chosen = bool(finder.chosen.get(name))
        lines = lines.with_columns(_fen(name).alias(to))
        needed = chosen and (name == "order_amount" or name == "amount")
        wrong = pl.col(to).is_null() & (pl.lit(needed) | ~pl.col(name).is_in(NOTHING))
        finder.look(
            lines,
            wrong,
            name,
            lambda at, row, name=name: rules.OrderAmountUnreadable(at, text=row[name]),  # type: ignore[misc]
        )
        lines = lines.with_columns(
            pl.when(pl.lit(chosen)).then(pl.col(to).fill_null(0)).otherwise(None).alias(to)
        )
    done = (pl.col("kind") != "none") & pl.col("meaning").is_in(["sent", "sent_back"])
    refund = pl.when(done).then(pl.col("refund_fen").fill_null(0)).otherwise(0)
    return lines.with_columns(refund.alias("refund_fen"))


def _fen(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars("¥￥元 \t\n\u00a0\u3000")
    for comma in ",，":
        text = text.str.replace_all(comma, "", literal=True)
    groups = text.str.extract_groups(r"^(?<yuan>[0-9]{1,13})(?:\.(?<fen>[0-9]{1,2})0*)?$").struct
    part = groups.field("fen").fill_null("0").str.pad_end(2, "0")
    return groups.field("yuan").cast(pl.Int64) * 100 + part.cast(pl.Int64)


def _orders(lines: pl.DataFrame, mapping: FileMapping, finder: _Finder) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows gathered into orders; an amount of the order shared over its lines; refunds set right."""
    lines = lines.with_columns(pl.int_range(pl.len()).alias("turn"))
    if mapping.shape == "order":
        per_row = lines.group_by("row", maintain_order=True).agg(pl.col("number").first())
        again = per_row.filter(pl.col("number").is_duplicated() & (pl.col("number") != ""))
        again = again.filter(
            ~pl.col("row").is_in(again.unique("number", keep="first").get_column("row").implode())
        )
        finder.look(
            again,
            pl.lit(True),
            "number",
            lambda at, row: rules.OrderRowsDiffer(at, number=row["number"], about=N_("State")),
        )
    lines = lines.sort("number", "part", "product", "packs", "amount_fen", "turn", nulls_last=True)
    place = (pl.int_range(pl.len()).over("number") + 1).alias("place")
    lines = lines.with_columns(place)
    lines = _shared(lines, mapping)
    of = pl.col("number")
    same = lines.group_by(of, maintain_order=True).agg(
        pl.col("row").min(),
        pl.col("day").first(),
        pl.col("paid_at").first(),
        pl.col("sent_day").max(),
        (pl.col("meaning") == "paid").sum().alias("unsent"),
        pl.len().alias("n"),
        pl.col("paid_at").n_unique().alias("pays"),
        pl.col("order_fen").max(),
        pl.col("order_fen").n_unique().alias("sums"),
        pl.col("amount_fen").sum(),
        (pl.col("meaning") == "paid_back").all().alias("whole"),
        (pl.col("meaning") == "sent_back").all().alias("sent_back"),
        pl.col("refund_fen").sum().alias("back_fen"),
        pl.col("refund_fen").max().alias("back_once"),
        pl.col("kind").first().alias("refund_kind"),
        pl.col("refunded_day").max(),
    )
    finder.look(
        same,
        (pl.col("pays") > 1) | (pl.col("sums") > 1),
        "number",
        lambda at, row: rules.OrderRowsDiffer(
            at,
            number=row["number"],
            about=N_("Paid at") if row["pays"] > 1 else N_("Paid for the order (yuan)"),
        ),
    )
    if mapping.shape == "line" and finder.chosen.get("amount") and finder.chosen.get("order_amount"):
        finder.look(
            same,
            pl.col("amount_fen") != pl.col("order_fen"),
            "order_amount",
            lambda at, row: rules.OrderIsCut(
                at, number=row["number"], sum=Fen(row["amount_fen"]), paid=Fen(row["order_fen"])
            ),
        )
    orders = same.with_columns(
        # Sent only when every item is.
        pl.when(pl.col("unsent") == 0).then(pl.col("sent_day")).otherwise(None).alias("sent_day"),
        pl.when(pl.col("whole")).then(pl.lit("whole")).otherwise(pl.lit("")).alias("back"),
    )
    lines = _refunds(lines, orders, mapping)
    if mapping.shape == "order":
        many = (pl.col("back_once") > 0) & (pl.col("n") > 1)
        whole_fen = pl.when(pl.col("sent_back") & (pl.col("back_once") == 0)).then(pl.col("amount_fen"))
        orders = orders.with_columns(
            pl.when(many | (pl.col("sent_back") & (pl.col("n") > 1)))
            .then(whole_fen.otherwise(pl.col("back_once")))
            .otherwise(0)
            .alias("refund_fen")
        )
    else:
        orders = orders.with_columns(pl.lit(0, pl.Int64).alias("refund_fen"))
    finder.look(
        orders,
        pl.col("refund_fen") > pl.col("amount_fen"),
        "refund",
        lambda at, row: rules.OrderRefundAboveAmount(
            at, refund=Fen(row["refund_fen"]), amount=Fen(row["amount_fen"])
        ),
    )
    finder.look(
        lines,
        pl.col("refund_fen") > pl.col("amount_fen"),
        "refund",
        lambda at, row: rules.OrderRefundAboveAmount(
            at, refund=Fen(row["refund_fen"]), amount=Fen(row["amount_fen"])
        ),
    )
    return (
        orders.select(
            "number", "row", "day", "paid_at", "sent_day", "amount_fen", "back", "refund_fen", "refund_kind",
            "refunded_day",
        ),
        lines.select(
            "number", "place", "row", "product", "packs", "quantity", "amount_fen", "refund_fen",
            pl.col("kind").alias("refund_kind"), "refunded_day",
        ),
    )  # fmt: skip


def _shared(lines: pl.DataFrame, mapping: FileMapping) -> pl.DataFrame:
    """Where only the order's amount is known, it is shared over the lines by their packs: largest remainder,
    ties to the earlier line."""
    if mapping.columns.get("amount") and mapping.shape == "line":
        return lines
    total, packs = pl.col("order_fen").fill_null(pl.col("amount_fen")), pl.col("packs")
    all_packs = packs.sum().over("number")
    lines = lines.with_columns(
        (total * packs // all_packs).alias("part_fen"),
        (total * packs % all_packs).alias("over"),
        total.alias("of"),
    )
    left = pl.col("of") - pl.col("part_fen").sum().over("number")
    rank = pl.struct(-pl.col("over"), pl.col("place")).rank("ordinal").over("number")
    return lines.with_columns((pl.col("part_fen") + (rank <= left).cast(pl.Int64)).alias("amount_fen"))


def _refunds(lines: pl.DataFrame, orders: pl.DataFrame, mapping: FileMapping) -> pl.DataFrame:
    """What was given back of each line; of an order with several goods in one row, of the order instead."""
    counts = orders.select("number", "n", "whole", "unsent", pl.col("sent_back").alias("all_back"))
    lines = lines.join(counts, on="number", how="left", maintain_order="left")
    # An item given back before the rest was sent counts as sent with it, and given back.
    early = (pl.col("meaning") == "paid_back") & ~pl.col("whole") & (pl.col("unsent") == 0)
    whole = early | (pl.col("all_back") & (pl.col("refund_fen") == 0))
    refund = pl.when(whole).then(pl.col("amount_fen")).otherwise(pl.col("refund_fen"))
    if mapping.shape == "order":
        refund = pl.when(pl.col("n") > 1).then(0).otherwise(refund)
    return lines.with_columns(
        refund.alias("refund_fen"),
        pl.when(pl.col("kind").is_in(["", "none"]))
        .then(pl.lit("refund"))
        .otherwise(pl.col("kind"))
        .alias("kind"),
    )
