"""What is sold: products, channels, orders, what is given back, and payments matched to orders.

An order's state is never stored: it is read from its lines, what was picked, sent, received, given back and
paid. An order is one order however many claim it (buyer unit, helper province, platform): claims are kept
beside it and it is counted once.

Sources: practice of consumption assistance (domain list, section 7); E-commerce Law, arts. 10, 17, 31.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from lianjie.base.digest import sha256
from lianjie.base.fen import Fen
from lianjie.base.quantity import unit as unit_of
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

CHANNEL_KINDS = (
    "enterprise_contract",
    "wholesale",
    "livestream",
    "group_buy",
    "platform_shop",
    "pairing_purchase",
    "walk_in",
)
UNITS = ("kg", "piece")
OWNERS = ("own", "consigned")
"""own: bought from the growers; consigned: still theirs until it is sold, at an agreed price."""
ATTRIBUTIONS = ("lot", "pool", "average")
"""lot: by the lots the goods were taken from; pool: by everything of the good pooled in the season;
average: the goods by lot, the money at the season's average price."""
REFUND_KINDS = ("refund", "return", "spoilage", "short_weight", "cancelled")
"""refund: money only; return: goods come back; spoilage: spoilt at the buyer's; short_weight: lost on the
way; cancelled: was not sent and will not be, so nothing was booked."""
BEARERS = ("organisation", "growers")
CLAIM_KINDS = ("buyer_unit", "helper_province", "platform", "other")
FEE_BASES = ("none", "gross", "net")
MILLION = 1_000_000

CODE = re.compile(r"(?!new$)[\w-]{1,30}")
NUMBER = re.compile(r"[\w.@+-]{1,60}")


class CodeUnusable(Refusal):
    what = N_("“{code}” cannot be a code.")
    fix = N_("Use up to 30 letters, digits and hyphens.")


class OrderNumberOfChannelUnusable(Refusal):
    what = N_("“{number}” cannot be the number of an order.")
    fix = N_("Use up to 60 letters, digits, dots and hyphens, as the platform gave it.")


class OrderWithoutLines(Refusal):
    what = N_("Order {number} has no line.")
    fix = N_("Write at least one product with its quantity.")


class LineWithoutQuantity(Refusal):
    what = N_("Line {line} of order {number} has no quantity above zero.")
    fix = N_("Write how many packs, or how much by weight.")


class LineAmountNegative(Refusal):
    what = N_("Line {line} of order {number} has an amount below zero.")
    fix = N_("What was given back is entered as a refund.")


class SentBeforeOrdered(Refusal):
    what = N_("Order {number} of {day} would be sent on {sent}, before it was placed.")
    fix = N_("Correct one of the days.")


class PackHoldsLessThanNothing(Refusal):
    what = N_("A pack of {code} cannot hold less than nothing.")
    fix = N_("Write how much one pack holds, or leave it empty for what is sold loose.")


class FeeOutOfRange(Refusal):
    what = N_("The fee of {code} is below zero, or more than all that is sold.")
    fix = N_("Write the percent from the channel's contract, between 0 and 100, and the yuan for each order.")


class PacksOfLooseProduct(Refusal):
    what = N_("Product {product} is not sold in packs.")
    fix = N_("Write its weight, or give the product the content of a pack.")


class RefundAboveOrder(Refusal):
    what = N_("{fen} yuan cannot be given back: of order {number}, {left} yuan are left.")
    fix = N_("Give back at most what the order still stands for; what was not sent yet is cancelled.")


class CancelAboveOpen(Refusal):
    what = N_("{quantity} cannot be cancelled: of this line, {left} are neither picked nor sent.")
    fix = N_("Cancel at most that; take a pick back first, and give back what was sent.")


class RefundLineMissing(Refusal):
    what = N_("Goods can only be given back or cancelled on a line of the order.")
    fix = N_("Choose the line.")


class RefundNothing(Refusal):
    what = N_("A refund needs an amount of money, or goods that came back, spoilt or never arrived.")
    fix = N_("Write at least one of them.")


class GoodsBackAboveSent(Refusal):
    what = N_("{quantity} is more than the {left} of this line that the buyer still has.")
    fix = N_("Write at most what was sent and has not come back.")


class PaymentNotAboveZero(Refusal):
    what = N_("A payment must be above zero.")
    fix = N_("Write what came in; what is paid back to a buyer is entered as paid back.")


class MatchAboveOrder(Refusal):
    what = N_("Order {number} still owes {left} yuan; {fen} yuan would be more than that.")
    fix = N_("Match at most that, and keep the rest as an advance.")


class MatchAbovePayment(Refusal):
    what = N_("Of payment {payment}, {left} yuan are not matched yet; {fen} yuan would be more than that.")
    fix = N_("Match less.")


class AdvanceNotWanted(Refusal):
    what = N_("{left} yuan of payment {payment} belong to no order.")
    fix = N_("Correct the amount, name more orders, or say that the rest is kept as an advance.")


@dataclass(frozen=True)
class ProductGiven:
    """A product as it is sold.

    content    what one pack holds, in small units (grams, ten-thousandths of a piece); 0 when sold loose
    producer   code of the organisation that grows or makes it
    origin     code of the county it comes from
    certificate_until  last day the certificate is valid
    """

    code: str
    day: date
    name: str
    good: str
    unit: str = "kg"
    content: int = 0
    grade: str = ""
    specification: str = ""
    certificate: str = ""
    certificate_until: date | None = None
    producer: str = ""
    origin: str = ""
    attribution: str = "lot"
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class FeeRule:
    """What a channel keeps: a rate in millionths of the gross or net amount, and a fixed sum an order."""

    basis: str = "none"
    millionths: int = 0
    fixed_fen: int = 0


@dataclass(frozen=True)
class ChannelGiven:
    """A way of selling. `payer`: code of the party that pays us (a platform), "" when each buyer pays."""

    code: str
    day: date
    kind: str
    name: str
    platform: str = ""
    payer: str = ""
    fee: FeeRule = FeeRule()
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class LineGiven:
    """One line of an order: packs, or a quantity in small units for what is sold loose.

    amount_fen  what was asked for it altogether, discounts taken off: the figure that counts
    """

    product: str
    amount_fen: int
    packs: int = 0
    quantity: int = 0
    owner: str = "own"


@dataclass(frozen=True)
class OrderGiven:
    """An order as it was placed. Channel and number name it: entering it again changes nothing.

    day        the day it counts for; paid_at the instant of payment when a platform gives one
    sent_day   the platform says it was handed over on that day: the sale is booked then. None: it is booked
               when our own shipment leaves
    buyer      code of a registered buyer, or "" for somebody not registered
    ship_to    code of the area it goes to
    contract   number of the offtake contract it is called under
    pairing    key of the link to the partner it was bought for, or ""
    claims     (kind, who) of everyone who counts this purchase as theirs
    """

    channel: str
    number: str
    day: date
    lines: tuple[LineGiven, ...]
    paid_at: datetime | None = None
    sent_day: date | None = None
    buyer: str = ""
    buyer_name: str = ""
    ship_to: str = ""
    contract: str = ""
    pairing: str = ""
    refunds_borne_by: str = "organisation"
    claims: tuple[tuple[str, str], ...] = ()
    evidence: str = ""
    place: str = ""

    @property
    def key(self) -> str:
        """How the order is named in our books."""
        return order_key(self.channel, self.number)

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True)
class OrderMoney:
    """An order in fen: asked for, given back, paid."""

    amount_fen: int
    refunded_fen: int = 0
    paid_fen: int = 0

    @property
    def net_fen(self) -> int:
        """What the order still stands for."""
        return self.amount_fen - self.refunded_fen

    @property
    def open_fen(self) -> int:
        """Still to be paid; below zero it is owed to the buyer."""
        return self.net_fen - self.paid_fen


def order_key(channel: str, number: str) -> str:
    """The key of an order: the channel and the number it has there."""
    return f"{channel}:{number}"


def digest(given: OrderGiven) -> str:
    """One hash for one content, so that a file of many orders is compared by one column.

    Where it was read from, who claims it and its evidence are no content.
    """
    content = json.dumps(
        [
            given.key,
            str(given.day),
            given.paid_at.isoformat() if given.paid_at else "",
            str(given.sent_day or ""),
            [given.buyer, given.buyer_name, given.ship_to, given.contract, given.pairing],
            given.refunds_borne_by,
            [[line.product, line.packs, line.quantity, line.amount_fen, line.owner] for line in given.lines],
        ],
        ensure_ascii=False,
    )
    return sha256(content)


def refusals(given: OrderGiven, contents: Mapping[str, int]) -> Iterator[Refusal]:
    """Everything for which an order cannot be entered. `contents`: product -> content of a pack."""
    if not NUMBER.fullmatch(given.number):
        yield OrderNumberOfChannelUnusable(number=given.number)
    if not given.lines:
        yield OrderWithoutLines(number=given.number)
    if given.sent_day and given.sent_day < given.day:
        yield SentBeforeOrdered(number=given.number, day=given.day, sent=given.sent_day)
    for at, line in enumerate(given.lines, 1):
        content = contents.get(line.product, 0)
        if line.packs and not content:
            yield PacksOfLooseProduct(product=line.product)
        elif quantity_of(line, content) <= 0:
            yield LineWithoutQuantity(line=at, number=given.number)
        if line.amount_fen < 0:
            yield LineAmountNegative(line=at, number=given.number)


def quantity_of(line: LineGiven, content: int) -> int:
    """Small units of a line: its packs times what a pack holds, or what was weighed."""
    return line.packs * content if line.packs else line.quantity


def amount(price_fen: int, quantity: int, unit: str, packs: int = 0) -> int:
    """Fen of a line: by the pack, or by the kilogram or piece, half a fen up in the seller's favour."""
    if packs:
        return price_fen * packs
    value = price_fen * Fraction(quantity) / unit_of(unit).small
    return int((value * 2 + 1) // 2)


def fee(rule: FeeRule, orders: int, gross_fen: int, refunded_fen: int) -> int:
    """What the channel keeps of some orders; rounded once, half a fen down, in the seller's favour."""
    if rule.basis == "none":
        return 0
    of = gross_fen if rule.basis == "gross" else gross_fen - refunded_fen
    return -(-(2 * of * rule.millionths - MILLION) // (2 * MILLION)) + rule.fixed_fen * orders


def part_of(amount_fen: int, whole: int, before: int, quantity: int) -> int:
    """Fen of the next `quantity` of `whole`, of which `before` are gone: parts taken one after another add
    up to the amount, and the last takes the fen left over."""
    return amount_fen * (before + quantity) // whole - amount_fen * before // whole


@dataclass(frozen=True)
class LineStanding:
    """A line of an order: small units and fen, as far as it went."""

    quantity: int
    amount_fen: int
    sent: int = 0
    sold_fen: int = 0
    cancelled: int = 0
    cancelled_fen: int = 0
    back: int = 0
    picked: int = 0

    @property
    def to_pick(self) -> int:
        """Small units that no lot was chosen for yet."""
        return self.quantity - self.picked - self.cancelled

    @property
    def to_send(self) -> int:
        """Small units neither sent nor cancelled."""
        return self.quantity - self.sent - self.cancelled

    @property
    def to_sell_fen(self) -> int:
        """What is booked once the rest is sent."""
        return self.amount_fen - self.sold_fen - self.cancelled_fen

    @property
    def with_buyer(self) -> int:
        """Small units sent that did not come back, spoil or get lost."""
        return self.sent - self.back


def sold_part(line: LineStanding, quantity: int) -> int:
    """Fen booked when `quantity` more of a line is sent; the last takes the fen left over."""
    return line.to_sell_fen if quantity == line.to_send else line.to_sell_fen * quantity // line.to_send


def check_refund(
    kind: str,
    number: str,
    line: LineStanding | None,
    *,
    fen: int,
    quantity: int,
    left_fen: int,
    unit: str,
) -> None:
    """Refuse what cannot be given back. `left_fen`: booked of the whole order and not given back yet."""
    if fen < 0 or quantity < 0 or not (fen or quantity):
        raise RefundNothing
    if line is None:
        if quantity or kind == "cancelled":
            raise RefundLineMissing
    elif kind == "cancelled":
        open_ = min(line.to_send, line.to_pick)
        if not 0 < quantity <= open_:
            raise CancelAboveOpen(quantity=said(quantity, unit), left=said(open_, unit))
        left_fen = line.to_sell_fen
    elif quantity > line.with_buyer:
        raise GoodsBackAboveSent(quantity=said(quantity, unit), left=said(line.with_buyer, unit))
    if fen > left_fen:
        raise RefundAboveOrder(fen=Fen(fen), number=number, left=Fen(left_fen))


def check_matches(
    payment: str, left_fen: int, wanted: Sequence[tuple[str, int, int]], keep_rest: bool
) -> int:
    """What stays an advance once a payment is matched.

    left_fen  fen of the payment not matched yet
    wanted    (order, fen to match, fen the order still owes)

    Refuses with MatchAboveOrder, MatchAbovePayment or AdvanceNotWanted.
    """
    for number, fen, open_fen in wanted:
        if fen <= 0:
            raise PaymentNotAboveZero
        if fen > open_fen:
            raise MatchAboveOrder(number=number, left=Fen(open_fen), fen=Fen(fen))
    matched = sum(fen for _, fen, _ in wanted)
    if matched > left_fen:
        raise MatchAbovePayment(payment=payment, left=Fen(left_fen), fen=Fen(matched))
    if matched < left_fen and not keep_rest:
        raise AdvanceNotWanted(payment=payment, left=Fen(left_fen - matched))
    return left_fen - matched


def said(quantity: int, unit: str) -> str:
    """A quantity as a refusal names it."""
    text = f"{Decimal(quantity) / int(unit_of(unit).small):,f}"
    return f"{text} kg" if unit == "kg" else text
