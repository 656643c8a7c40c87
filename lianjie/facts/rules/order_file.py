"""A platform's order file: which column is which, what its words mean, and what stands in the way.

A layout describes what one kind of platform exports; a mapping is what one organisation settled for one
channel, begun from a layout and saved. Receivers' names, phones and addresses are not read unless wanted.

Source: practice of sellers, domain list, section 7 ("input from platforms is an exported Excel/CSV").
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.schema import plain

MEANINGS = ("unpaid", "paid", "sent", "closed", "paid_back", "sent_back")
"""unpaid: not an order yet. closed: never paid, or all given back before it was sent. paid_back, sent_back:
the state itself says that all was given back, before or after sending."""
BACK_KINDS = ("none", "refund", "return", "spoilage", "short_weight")
SHAPES = ("line", "order")
"""line: one row for each item of an order; order: one row for each order."""


@dataclass(frozen=True)
class Field:
    """Something a file may say. `personal`: about the receiver, left out unless wanted."""

    code: str
    label: str
    required: bool = False
    personal: bool = False


FIELDS = (
    Field("number", N_("Order number"), required=True),
    Field("part", N_("Number of the item in the order")),
    Field("code", N_("Product code of ours")),
    Field("goods", N_("Goods")),
    Field("spec", N_("Specification")),
    Field("packs", N_("Packs")),
    Field("amount", N_("Paid for the item (yuan)")),
    Field("order_amount", N_("Paid for the order (yuan)")),
    Field("state", N_("State"), required=True),
    Field("paid_at", N_("Paid at"), required=True),
    Field("sent_at", N_("Sent at")),
    Field("refund", N_("Given back (yuan)")),
    Field("refund_state", N_("After-sale state")),
    Field("refunded_at", N_("Given back at")),
    Field("receiver", N_("Receiver's name"), personal=True),
    Field("phone", N_("Receiver's phone"), personal=True),
    Field("address", N_("Receiver's address"), personal=True),
)
BY_CODE = {each.code: each for each in FIELDS}
PERSONAL = tuple(each.code for each in FIELDS if each.personal)


class OrderFileUnreadable(Refusal):
    what = N_("“{name}” is neither a workbook (.xlsx) nor a table of text (.csv).")
    fix = N_("Export the orders again as Excel or CSV and choose that file.")


class OrderFileWithoutRows(Refusal):
    what = N_("“{name}” holds no rows below its captions.")
    fix = N_("Export a period in which something was ordered.")


class OrderFileTooLong(Refusal):
    what = N_("The file has {rows} rows; at most {most} are read at once.")
    fix = N_("Export shorter periods; what is in already is passed over.")


class OrderCharactersUnknown(Refusal):
    what = N_("The text of the file is neither UTF-8 nor GB18030 (row {row}).")
    fix = N_("Save it in Excel or WPS as “CSV UTF-8” and choose that file.")


class OrderColumnMissing(Refusal):
    words = ("column",)
    what = N_("No column is chosen for “{column}”.")
    fix = N_("Choose the caption under which it stands in the file.")


class OrderColumnGone(Refusal):
    words = ("column",)
    what = N_("The file has no caption “{caption}” for “{column}”.")
    fix = N_("Settle the columns again: the platform has changed its export.")


class OrderMoneyColumnMissing(Refusal):
    what = N_("No column says what was paid.")
    fix = N_("Choose the amount of the item, or of the order.")


class OrderGoodsColumnMissing(Refusal):
    what = N_("No column says what was bought.")
    fix = N_("Choose the product code, or the column of goods.")


class OrderFileTooLarge(Refusal):
    what = N_("The file has {size} MiB; at most {most} MiB are read.")
    fix = N_("Export shorter periods; what is in already is passed over.")


class OrderWordOpen(Refusal):
    what = N_("What “{text}” means is not settled yet.")
    fix = N_("Choose its meaning below.")


class OrderGoodsOpen(Refusal):
    what = N_("Which product “{text}” is, is not settled yet.")
    fix = N_("Choose the product below, or enter it first.")


class OrderNumberEmpty(InWorkbook):
    what = N_("The row has no order number.")
    fix = N_("Export the file again, or delete the row.")


class OrderNumberBroken(InWorkbook):
    what = N_("The order number {text} was turned into a figure, and its last digits are lost.")
    fix = N_("Do not open the export in Excel before bringing it in; export it again.")


class OrderNumberStrange(InWorkbook):
    what = N_("“{text}” cannot be an order number.")
    fix = N_("Use up to 60 letters, digits, dots and hyphens, as the platform gave it.")


class OrderAmountUnreadable(InWorkbook):
    what = N_("“{text}” is not an amount of money.")
    fix = N_("Write yuan with at most two decimals, for example 1234.50.")


class OrderPacksUnreadable(InWorkbook):
    what = N_("“{text}” is not a number of packs.")
    fix = N_("Write a whole number above zero.")


class OrderTimeUnreadable(InWorkbook):
    what = N_("“{text}” is not a time.")
    fix = N_("Write it as 2026-03-05 20:15:00.")


class OrderNotPaidYet(InWorkbook):
    what = N_("The order counts as paid, but has no time of payment.")
    fix = N_("Export it again, or correct its state.")


class OrderTimeAhead(InWorkbook):
    what = N_("{text} has not come yet.")
    fix = N_("Check the clock of the machine, or correct the row.")


class OrderSentTooEarly(InWorkbook):
    what = N_("It would have been sent on {sent}, before it was paid on {paid}.")
    fix = N_("Correct one of the times.")


class OrderStateUnknown(InWorkbook):
    what = N_("What the state “{text}” means is not settled.")
    fix = N_("Settle it on the page of the columns.")


class OrderGoodsUnknown(InWorkbook):
    what = N_("Which product “{text}” is, is not settled.")
    fix = N_("Settle it on the page of the columns, or enter the product first.")


class OrderGoodsLoose(InWorkbook):
    what = N_("Product {product} is sold loose, so packs of it say no weight.")
    fix = N_("Enter how much a pack of it holds, or choose another product.")


class OrderRefundAboveAmount(InWorkbook):
    what = N_("{refund} yuan given back are more than the {amount} yuan paid.")
    fix = N_("Correct the row.")


class OrderRowsDiffer(InWorkbook):
    what = N_("Rows of order {number} do not agree about {about}.")
    words = ("about",)
    fix = N_("Export the order again; all its rows must say the same.")


class OrderIsCut(InWorkbook):
    what = N_("The items of order {number} add up to {sum} yuan, but {paid} yuan were paid for it.")
    fix = N_("The file seems cut in the middle of the order: bring in a file that holds all its rows.")


@dataclass(frozen=True)
class Layout:
    """What one kind of platform exports.

    columns  field -> captions it may have, the best first
    states   word of the file -> one of MEANINGS
    refunds  word of the after-sale state -> one of BACK_KINDS
    """

    code: str
    title: Mapping[str, str]
    shape: str
    columns: Mapping[str, tuple[str, ...]]
    states: Mapping[str, str]
    refunds: Mapping[str, str]


@dataclass(frozen=True)
class FileMapping:
    """What an organisation settled for one channel.

    columns  field -> caption in the file
    goods    what the file calls a product -> code of ours
    personal  keep the receiver's data, sealed
    """

    layout: str
    shape: str
    columns: Mapping[str, str]
    states: Mapping[str, str]
    refunds: Mapping[str, str]
    goods: Mapping[str, str] = field(default_factory=dict)
    personal: bool = False


def layout(code: str, text: str) -> Layout:
    """Read one layout file (TOML)."""
    data: dict[str, Any] = tomllib.loads(text)
    assert data["shape"] in SHAPES, code
    assert data["columns"].keys() <= BY_CODE.keys(), code
    assert set(data["states"].values()) <= set(MEANINGS), code
    assert set(data["refunds"].values()) <= set(BACK_KINDS), code
    columns = {name: tuple(captions) for name, captions in data["columns"].items()}
    return Layout(code, data["title"], data["shape"], columns, data["states"], data["refunds"])


def matched(of: Layout, captions: Sequence[str]) -> dict[str, str]:
    """Field -> caption of the file that this layout knows for it."""
    there = {plain(caption): caption for caption in reversed(captions)}
    found = {}
    for name, known in of.columns.items():
        caption = next((there[plain(each)] for each in known if plain(each) in there), None)
        if caption is not None:
            found[name] = caption
    return found


def guessed(layouts: Iterable[Layout], captions: Sequence[str]) -> Layout:
    """The layout that knows most of the file's captions; the first one when they are equal."""
    return max(layouts, key=lambda each: len(matched(each, captions)))


def begun(of: Layout, captions: Sequence[str]) -> FileMapping:
    """A mapping as a layout would have it."""
    return FileMapping(of.code, of.shape, matched(of, captions), of.states, of.refunds)


def check_columns(mapping: FileMapping, captions: Sequence[str]) -> list[Refusal]:
    """What the choice of columns lacks."""
    problems: list[Refusal] = []
    chosen = mapping.columns
    for each in FIELDS:
        caption = chosen.get(each.code, "")
        if each.required and not caption:
            problems.append(OrderColumnMissing(column=each.label))
        elif caption and caption not in captions:
            problems.append(OrderColumnGone(column=each.label, caption=caption))
    if not (chosen.get("amount") or chosen.get("order_amount")):
        problems.append(OrderMoneyColumnMissing())
    if not (chosen.get("code") or chosen.get("goods")):
        problems.append(OrderGoodsColumnMissing())
    return problems


Outcome = Literal["new", "unchanged", "sent", "given_back", "corrected", "left", "unpaid"]
"""What becomes of an order of a file.

new         not known here yet
unchanged   stands with the same content
sent        known as paid, and now sent: its sale is booked
given_back  money given back since
corrected   paid and not sent yet, and now with other items or another amount
left        the file says something that cannot follow what stands here; a person must look
unpaid      never paid: not an order
"""
