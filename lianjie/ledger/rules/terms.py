"""The words every plan may use without declaring them: what the facts measure and record of a recipient.

A plan adds its own with `[[measure]]` and `attributes`. A product follows its measure after a dot:
`delivery_kg.apple`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from lianjie.base.words import N_

LegalBasis = Literal[
    "coop_surplus",
    "collective_income",
    "contract_profit_share",
    "rent",
    "wage",
    "produce_payment",
    "subsidy_asset_income",
]
LEGAL_BASES: tuple[str, ...] = get_args(LegalBasis)

LEGAL_BASIS_LABELS = {
    "coop_surplus": N_("surplus of the cooperative"),
    "collective_income": N_("income of the collective"),
    "contract_profit_share": N_("profit share under a contract"),
    "rent": N_("rent"),
    "wage": N_("wage"),
    "produce_payment": N_("payment for produce"),
    "subsidy_asset_income": N_("income from subsidised assets"),
}

PLAN_KINDS = ("coop", "collective", "contract")
STREAMS = ("dividend", "patronage", "rent", "wage", "produce", "other")
STREAM_LABELS = {
    "dividend": N_("share dividend"),
    "patronage": N_("patronage refund"),
    "rent": N_("rent"),
    "wage": N_("wage"),
    "produce": N_("produce payment"),
    "other": N_("other"),
}
ROLES = (
    "loss_cover",
    "reserve",
    "patronage",
    "remainder",
    "guarantee",
    "preference",
    "welfare",
    "cost",
    "other",
)
FIGURE_ROLES = (
    "current_surplus",
    "opening_balance",
    "other_transfers",
    "source_revenue",
)

EQUALLY = "equally"
EVERYONE = "everyone"
BUILT_IN = {
    "period_start": N_("the first day of the period"),
    "period_last_day": N_("the last day of the period"),
}
RECEIVED = "received."
"""`received.STEP`: what one recipient got by an earlier step, in yuan."""
IN_A_STEP = {
    "pool": N_("the whole of the pool"),
    "rest": N_("what is left of the pool"),
}

ATTRIBUTES = {
    "kind": N_("kind"),
    "status": N_("registered status"),
    "village": N_("village"),
    "area": N_("area"),
    "tags": N_("tags"),
    "member": N_("member"),
    "joined": N_("day of joining"),
    "left": N_("day of leaving"),
    "land_until": N_("last day of the land right"),
}
KIND_LABELS = {
    "household": N_("farming household"),
    "person": N_("single person"),
    "organisation": N_("organisation"),
}
STATUS_LABELS = {
    "ordinary": N_("ordinary household"),
    "registered": N_("registered poor household"),
    "exited": N_("household lifted out of poverty"),
    "monitored": N_("monitored household"),
    "risk_eliminated": N_("household whose risk is over"),
    "returned": N_("household fallen back into poverty"),
}
STATUSES = ("", *STATUS_LABELS)


@dataclass(frozen=True)
class StandardMeasure:
    """A measure the facts provide. `unit` is the unit in which a plan calculates with it."""

    unit: str
    label: str
    per_product: bool = False
    equity: str = ""


MEASURES = {
    # Contribution is all that was paid in; the household-fund part is the official column inside it.
    "contribution": StandardMeasure("yuan", N_("contribution"), equity="contribution"),
    "household_fund_contribution": StandardMeasure("yuan", N_("contribution from household funds")),
    "reserve_share": StandardMeasure("yuan", N_("reserve share"), equity="reserve"),
    "subsidy_share": StandardMeasure(
        "yuan", N_("equal share of state-subsidised property"), equity="subsidy"
    ),
    "donation_share": StandardMeasure("yuan", N_("equal share of donated property"), equity="subsidy"),
    "shares": StandardMeasure("share", N_("shares")),
    "share_days": StandardMeasure("day", N_("share-days")),
    "land_mu": StandardMeasure("mu", N_("land put in")),
    "land_sharing_mu": StandardMeasure("mu", N_("land let for a floor and a share")),
    "delivery_kg": StandardMeasure("kg", N_("weight delivered"), per_product=True),
    "delivery_yuan": StandardMeasure("yuan", N_("value delivered"), per_product=True),
    "purchase_yuan": StandardMeasure("yuan", N_("inputs bought"), per_product=True),
    "work_points": StandardMeasure("point", N_("work points")),
    "work_days": StandardMeasure("day", N_("days worked")),
    "persons": StandardMeasure("person", N_("persons")),
}

LABOUR_MEASURES = {"work_points", "work_days"}
DELIVERY_MEASURES = {"delivery_kg", "delivery_yuan", "purchase_yuan"}


def standard_measure(name: str) -> StandardMeasure | None:
    """The standard measure a name stands for; `delivery_kg.apple` is the apple part of `delivery_kg`."""
    base, dot, product = name.partition(".")
    found = MEASURES.get(base)
    if found is None or (dot and not (found.per_product and product)):
        return None
    return found
