"""Coded words of an order in money: what was taken and given back, how it was broken."""

from lianjie.base.words import N_

ORDER_MONEY = {
    "deposit": N_("Deposit taken"),
    "set_off": N_("Deposit set off against the price"),
    "returned": N_("Deposit given back"),
    "doubled": N_("Deposit given back double"),
    "kept": N_("Deposit kept"),
    "payment": N_("Payment received"),
    "paid_out": N_("Damages paid"),
    "premium": N_("Premium paid"),
    "payout": N_("Paid by the insurer"),
    "floor": N_("Floor income made good by the buyer"),
}
BREACHES = {
    "side_selling": N_("Sold to somebody else"),
    "shortfall": N_("Less than promised"),
    "refusal": N_("Not taken"),
    "late_payment": N_("Paid late"),
    "quality": N_("Bad quality"),
}
