"""Coded words of background tasks, order files, livestreams, group-buy rounds and what channels settle."""

from collections.abc import Mapping

from lianjie.base.words import N_

SALES: Mapping[str, Mapping[str, str]] = {
    "job": {
        "order_import": N_("Bring in orders"),
        "statement_import": N_("Bring a settlement file in"),
        "register_import": N_("Bring in registers"),
    },
    "order_shape": {
        "line": N_("One row for each item"),
        "order": N_("One row for each order"),
    },
    "order_meaning": {
        "unpaid": N_("not paid, no order yet"),
        "paid": N_("paid, not sent"),
        "sent": N_("sent"),
        "closed": N_("closed: never paid, or all given back"),
        "paid_back": N_("given back before it was sent"),
        "sent_back": N_("sent, and all given back"),
    },
    "order_back": {
        "none": N_("nothing given back"),
        "refund": N_("money given back"),
        "return": N_("goods came back"),
        "spoilage": N_("spoilt at the buyer's"),
        "short_weight": N_("short weight made good"),
    },
    "order_outcome": {
        "new": N_("new"),
        "unchanged": N_("unchanged"),
        "sent": N_("sent since"),
        "given_back": N_("given back since"),
        "corrected": N_("corrected"),
        "left": N_("left for a person"),
    },
    "shortage_rule": {
        "pro_rata": N_("in proportion to what was ordered"),
        "first_come": N_("the earlier order first"),
        "lot": N_("by lot"),
        "spread": N_("one pack to each in turn"),
    },
    "round_state": {
        "open": N_("takes orders"),
        "ended": N_("waits to be closed"),
        "closed": N_("closed and shared out"),
    },
    "settled_into": {
        "109": N_("kept with the platform"),
        "102": N_("paid to the bank"),
    },
    "settled_outcome": {
        "matched": N_("matched"),
        "differs": N_("differs"),
        "unknown": N_("unknown"),
    },
    "job_state": {
        "waiting": N_("waits"),
        "running": N_("under way"),
        "done": N_("done"),
        "failed": N_("failed"),
        "cancelled": N_("stopped"),
    },
}
