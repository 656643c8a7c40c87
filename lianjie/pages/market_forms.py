"""Forms of the market. They check shape; the rules decide."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.facts.queries.market import ChannelRow, LineRow, ProductRow
from lianjie.facts.queries.market_goods import FreeDelivery, MarketLotRow, PlaceRow
from lianjie.facts.queries.shipment import LineAboard, Waiting
from lianjie.facts.rules import market as rules
from lianjie.facts.rules import market_goods as goods_rules
from lianjie.pages.format import kg, quantity, whole
from lianjie.pages.in_kind_forms import evidence_field, number_field, short_text, words
from lianjie.pages.settlement_forms import day_field

ROWS, MOST_ROWS = 4, 60
OUT = {"sort": ROWS, "pack": 2, "move": 1, "lose": 0}
"""How many lots may come out of a work, to begin with."""
NOTHING = [("", "—")]


def growing(request: HttpRequest, initial: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """What a form of several lines is made of: more lines when its button for them was pressed.

    Then nothing is entered yet: the form comes back with what was typed, and with as many lines again.
    """
    asked = request.POST.get("rows", "")
    rows = min(int(asked), MOST_ROWS) if asked.isdigit() and int(asked) >= rows else rows
    if "more" in request.POST:
        return {"initial": request.POST.dict(), "rows": min(rows + ROWS, MOST_ROWS)}
    return {"data": request.POST or None, "initial": dict(initial), "rows": rows}


def choice_field(label: str, *, required: bool = True, help_text: str = "") -> forms.ChoiceField:
    """A choice whose values are filled in for the reader."""
    return forms.ChoiceField(label=label, required=required, help_text=help_text, choices=[])


def instant_field(label: str, *, required: bool = False) -> forms.DateTimeField:
    """A day and a time, with the browser's own picker."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )


def party_field(label: str, help_text: str = "") -> forms.CharField:
    """A party's code, chosen while typing; may be empty."""
    widget = forms.TextInput(attrs={"list": "parties", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=40, required=False, help_text=help_text, widget=widget)


class _Form(forms.Form):
    """A form whose coded words are filled in for the reader."""

    coded: dict[str, tuple[str, tuple[str, ...]]] = {}

    def __init__(self, *args, places: Iterable[PlaceRow] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, (of, values) in self.coded.items():
            field: Any = self.fields[name]
            field.choices = ([] if field.required else NOTHING) + words(of, *values)
        for name in ("place", "from_place"):
            if name in self.fields:
                field = self.fields[name]
                field.choices = NOTHING + [(row.code, row.name) for row in places]


class ProductForm(_Form):
    """A product as it is sold."""

    coded = {"unit": ("good_unit", rules.UNITS), "attribution": ("attribution", rules.ATTRIBUTIONS)}
    code = short_text(_("Code"), required=True, longest=30)
    day = day_field(_("Since"))
    name = short_text(_("Name on the label"), required=True, longest=80)
    good = short_text(_("Good"), required=True, help_text=_("As in deliveries and in the stock."))
    unit = choice_field(_("Counted in"))
    content = number_field(_("A pack holds"), required=False, help_text=_("Empty: it is sold loose."))
    grade = short_text(_("Grade"), longest=20)
    specification = short_text(_("Specification"), longest=120)
    certificate = short_text(
        _("Certificate"),
        longest=120,
        help_text=_("For example the commitment of conformity, with its number."),
    )
    certificate_until = day_field(_("Certificate valid until"))
    producer = party_field(_("Producer"))
    origin = short_text(_("County of origin"), longest=12, help_text=_("Its official code."))
    attribution = choice_field(_("Whose produce was sold, told by"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["certificate_until"].required = False


class ChannelForm(_Form):
    """A way of selling."""

    coded = {"kind": ("channel_kind", rules.CHANNEL_KINDS), "fee_basis": ("fee_basis", rules.FEE_BASES)}
    code = short_text(_("Code"), required=True, longest=30)
    day = day_field(_("Since"))
    kind = choice_field(_("Kind"))
    name = short_text(_("Name"), required=True, longest=80)
    platform = short_text(_("Platform"), longest=80)
    payer = party_field(_("Who pays us"), _("A platform that pays for its buyers. Empty: each buyer pays."))
    fee_basis = choice_field(_("Fee counted on"))
    fee_percent = number_field(_("Fee (percent)"), required=False)
    fee_fixed = number_field(_("Fee for each order (yuan)"), required=False)


class PlaceForm(_Form):
    """A place of the stock."""

    coded = {"kind": ("place_kind", goods_rules.PLACE_KINDS)}
    code = short_text(_("Code"), required=True, longest=30)
    day = day_field(_("Since"))
    name = short_text(_("Name"), required=True, longest=80)
    kind = choice_field(_("Kind"), help_text=_("An outlet sells our goods for us; until then they are ours."))


class OrderForm(_Form):
    """An order with a few lines."""

    coded = {"refunds_borne_by": ("refund_bearer", rules.BEARERS)}
    channel = choice_field(_("Channel"))
    number = short_text(_("Number of the order"), required=True, longest=60)
    day = day_field(_("Ordered on"))
    buyer = party_field(_("Purchaser"), _("Code of a registered buyer; else write the name below."))
    buyer_name = short_text(_("Name of the buyer"), longest=80)
    ship_to = short_text(_("Goes to area"), longest=12, help_text=_("Its official code."))
    contract = short_text(_("Under order contract"), longest=30)
    refunds_borne_by = choice_field(_("What is given back is borne by"))
    evidence = evidence_field()

    def __init__(
        self, *args, channels: Sequence[ChannelRow], products: Sequence[ProductRow], rows: int, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["channel"].choices = [(row.code, row.name) for row in channels]  # type: ignore[attr-defined]
        offered = NOTHING + [(row.code, row.name) for row in products]
        for at in range(1, rows + 1):
            last = {"required": at == 1}
            self.fields[f"product_{at}"] = forms.ChoiceField(
                label=gettext("Product"), choices=offered if at > 1 else offered[1:], **last
            )
            self.fields[f"packs_{at}"] = number_field(gettext("Packs, or quantity when sold loose"), **last)
            self.fields[f"price_{at}"] = number_field(gettext("Price of one (yuan)"), **last)
            owner = forms.ChoiceField(
                label=gettext("Whose goods"), choices=words("lot_owner", *rules.OWNERS), required=False
            )
            self.fields[f"owner_{at}"] = owner

    @property
    def may_grow(self) -> bool:
        """Whether more lines can be had."""
        return self.rows < MOST_ROWS

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        """The fields of each line."""
        names = ("product", "packs", "price", "owner")
        return [[self[f"{name}_{at}"] for name in names] for at in range(1, self.rows + 1)]

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields of the order itself."""
        return [self[name] for name in self.fields if not name[-1].isdigit()]


class RefundForm(_Form):
    """Something given back, or cancelled."""

    coded = {"kind": ("refund_kind", rules.REFUND_KINDS)}
    number = short_text(_("Number of the record"), required=True)
    day = day_field(_("Day"))
    kind = choice_field(_("What"))
    line = choice_field(_("Order line"), required=False, help_text=_("Empty: the whole order, money only."))
    quantity = number_field(_("Quantity (kg or pieces)"), required=False)
    amount = number_field(_("Given back (yuan)"), required=False)
    into = short_text(_("Into lot"), help_text=_("Only for goods that come back into the stock."))
    place = choice_field(_("Place"), required=False)
    why = short_text(_("Reason"), longest=300)
    evidence = evidence_field()

    def __init__(self, *args, lines: Sequence[LineRow], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(line.place), f"{line.place} · {line.product}") for line in lines]
        self.fields["line"].choices = NOTHING + offered  # type: ignore[attr-defined]


class PaymentForm(forms.Form):
    """A payment for one order; what is too much is kept as an advance only when asked."""

    number = short_text(_("Number of the record"), required=True)
    day = day_field(_("Day"))
    amount = number_field(_("Amount (yuan)"))
    into = choice_field(_("Into"))
    back = forms.BooleanField(label=_("Paid back to the buyer"), required=False)
    keep_rest = forms.BooleanField(label=_("Keep what is too much as an advance"), required=False)
    evidence = evidence_field()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = words("money_into", "102", "101")  # type: ignore[attr-defined]


class ClaimForm(_Form):
    """Somebody counts an order as theirs."""

    coded = {"kind": ("claim_kind", rules.CLAIM_KINDS)}
    day = day_field(_("Day"))
    kind = choice_field(_("Kind"))
    claimant = short_text(_("Who"), required=True, longest=120)


class PoolForm(_Form):
    """Deliveries made a lot."""

    number = short_text(_("Number of the record"), required=True)
    day = day_field(_("Day"))
    lot = short_text(_("Number of the new lot"), required=True, help_text=_("As written on the sacks."))
    grade = short_text(_("Grade"), longest=20)
    place = choice_field(_("Place"), required=False)
    lost = number_field(_("Lost (kg)"), required=False)
    cause = choice_field(_("Cause of the loss"), required=False)
    agreed = number_field(
        _("On consignment at (yuan a kilogram)"), required=False,
        help_text=_("Empty: the goods were bought at their price."),
    )  # fmt: skip
    done_by = short_text(_("Done by"), longest=80)
    coded = {"cause": ("loss_cause", goods_rules.LOSS_CAUSES)}

    def __init__(self, *args, deliveries: Sequence[FreeDelivery], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deliveries"] = forms.MultipleChoiceField(
            label=gettext("Deliveries"),
            choices=[(row.key, _delivery(row)) for row in deliveries],
            widget=forms.CheckboxSelectMultiple,
        )


def _delivery(row: FreeDelivery) -> str:
    return " · ".join(
        part for part in (row.receipt, row.household, row.good, row.grade, f"{kg(row.free)} kg") if part
    )


class WorkForm(_Form):
    """Goods of a lot, and of others with it, sorted, packed, moved or lost."""

    coded = {"cause": ("loss_cause", goods_rules.LOSS_CAUSES)}
    number = short_text(_("Number of the record"), required=True)
    day = day_field(_("Day"))
    quantity = number_field(_("Goes in (kg or pieces)"))
    place = choice_field(_("Place"), required=False)
    lost = number_field(_("Lost (kg or pieces)"), required=False)
    cause = choice_field(_("Cause of the loss"), required=False)
    done_by = short_text(_("Done by"), longest=80)
    evidence = evidence_field()

    def __init__(
        self,
        *args,
        kind: str,
        products: Sequence[ProductRow],
        others: Sequence[MarketLotRow],
        rows: int,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.rows = kind, rows
        self.others = min(len(others), 1 + rows - OUT[kind]) if kind != "lose" else 0
        for at in range(1, self.others + 1):
            self.fields[f"also_{at}"] = forms.ChoiceField(
                label=gettext("Also from lot"),
                choices=NOTHING + [(row.number, _lot(row)) for row in others],
                required=False,
            )
            self.fields[f"part_{at}"] = number_field(gettext("Of it (kg or pieces)"), required=False)
        if kind == "lose":
            for name in ("place", "lost"):
                del self.fields[name]
            self.fields["cause"].required = True
        if kind == "move":
            self.fields["place"].required = True
        packs = [(row.code, row.name) for row in products if row.content]
        for at in range(1, self.rows + 1):
            self.fields[f"lot_{at}"] = short_text(gettext("Number of the new lot"))
            if kind == "pack":
                self.fields[f"product_{at}"] = forms.ChoiceField(
                    label=gettext("Packed as"),
                    choices=packs if at == 1 else NOTHING + packs,
                    required=at == 1,
                )
                self.fields[f"packs_{at}"] = number_field(gettext("Packs"), required=at == 1)
            if kind == "sort":
                self.fields[f"grade_{at}"] = short_text(gettext("Grade"), longest=20, required=at == 1)
                self.fields[f"came_{at}"] = number_field(gettext("Came out (kg or pieces)"), required=at == 1)

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        """The fields of each lot that comes out."""
        names = {"sort": ("grade", "came", "lot"), "pack": ("product", "packs", "lot"), "move": ("lot",)}
        return [[self[f"{name}_{at}"] for name in names.get(self.kind, ())] for at in range(1, self.rows + 1)]

    @property
    def more_in(self) -> list[list[forms.BoundField]]:
        """The fields of each further lot that goes in."""
        return [[self[f"also_{at}"], self[f"part_{at}"]] for at in range(1, self.others + 1)]

    @property
    def may_grow(self) -> bool:
        """Whether more lots may go in or come out than there are lines for."""
        return self.kind in ("sort", "pack") and self.rows < MOST_ROWS

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields of the work itself."""
        return [self[name] for name in self.fields if not name[-1].isdigit()]


class PickForm(forms.Form):
    """Goods of a lot for a line of an order."""

    number = short_text(_("Number of the record"), required=True, longest=20)
    day = day_field(_("Day"))
    lot = choice_field(_("From lot"))
    packs = number_field(_("Packs"), required=False)
    quantity = number_field(_("Quantity (kg or pieces)"), required=False)

    def __init__(self, *args, lots: Sequence[MarketLotRow], packed: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [(row.number, _lot(row)) for row in lots]  # type: ignore[attr-defined]
        del self.fields["quantity" if packed else "packs"]


def _lot(row: MarketLotRow) -> str:
    held = quantity(row.left.quantity, row.left.unit)
    packs = f"{whole(row.packs_left)} {gettext('packs')}" if row.packs_left else ""
    return " · ".join(
        filter(None, (row.number, row.product or row.goods.good, row.grade, packs, held, row.place))
    )


class ShipForm(_Form):
    """What leaves."""

    number = short_text(_("Number of the shipment"), required=True)
    day = day_field(_("Day"))
    left_at = instant_field(_("Left at"))
    destination = short_text(_("Destination"), required=True, longest=120)
    ship_to = short_text(_("Goes to area"), longest=12, help_text=_("Its official code."))
    from_place = choice_field(_("Sent from"), required=False)
    pairing = choice_field(_("Partner, when it goes point to point"), required=False)
    carrier = short_text(_("Carrier"), longest=80)
    vehicle = short_text(_("Vehicle"))
    seal = short_text(_("Seal"))
    evidence = evidence_field()

    def __init__(
        self, *args, picks: Sequence[Waiting], pairings: Sequence[tuple[str, str]], **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pairing"].choices = NOTHING + list(pairings)  # type: ignore[attr-defined]
        self.fields["picks"] = forms.MultipleChoiceField(
            label=gettext("What goes aboard"),
            choices=[(row.reference, _pick(row)) for row in picks],
            widget=forms.CheckboxSelectMultiple,
        )


def _pick(row: Waiting) -> str:
    held = quantity(row.quantity, row.unit)
    packs = f"{whole(row.packs)} {gettext('packs')}" if row.packs else ""
    return " · ".join(filter(None, (row.order, row.buyer, row.product, packs, held, row.lot)))


class LegForm(forms.Form):
    """A waypoint reached."""

    waypoint = short_text(_("Waypoint"), required=True, longest=120)
    reached_at = instant_field(_("Reached at"), required=True)
    left_at = instant_field(_("Left the place before at"))
    vehicle = short_text(_("Vehicle"))
    km = number_field(_("Distance (km)"), required=False)
    weight = number_field(_("Weighed (kg)"), required=False)
    coldest = number_field(_("Coldest on the way (°C)"), required=False)
    warmest = number_field(_("Warmest on the way (°C)"), required=False)
    seal = short_text(_("Seal"))
    cost = number_field(_("Cost (yuan)"), required=False)
    evidence = evidence_field()


class ReceiveForm(forms.Form):
    """What the buyer weighed in."""

    day = day_field(_("Received on"))
    received_by = short_text(_("Signed for by"), required=True, longest=80)
    seal_intact = choice_field(_("Seal"), required=False)
    pays_sent = forms.BooleanField(label=_("The buyer pays what was sent, not what arrived"), required=False)
    evidence = evidence_field()

    def __init__(self, *args, lines: Sequence[LineAboard], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seal_intact"].choices = NOTHING + words("seal", "yes", "no")  # type: ignore[attr-defined]
        for at, line in enumerate(lines, 1):
            label = f"{line.order} · {line.product} · {gettext('sent')} {quantity(line.quantity, line.unit)}"
            self.fields[f"got_{at}"] = number_field(
                label, help_text=gettext("What arrived, in kg or pieces.")
            )
