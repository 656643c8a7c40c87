"""Coded words of lots, stores, orders, shipments and what is given back."""

from collections.abc import Mapping

from lianjie.base.words import N_

MARKET: Mapping[str, Mapping[str, str]] = {
    "lot_origin": {
        "opening": N_("Held before"),
        "bought": N_("Bought"),
        "commission": N_("Bought on behalf of members"),
        "granted": N_("Granted"),
        "harvested": N_("Own harvest"),
        "returned": N_("Returned by a borrower"),
        "delivered": N_("Deliveries of growers"),
        "sorted": N_("Sorted"),
        "packed": N_("Packed"),
        "moved": N_("Moved here"),
        "sent_back": N_("Sent back by a buyer"),
        "made": N_("Made by home work"),
    },
    "lot_owner": {
        "own": N_("Our own"),
        "consigned": N_("On consignment"),
    },
    "lot_work": {
        "pool": N_("Deliveries made a lot"),
        "sort": N_("Sorted"),
        "pack": N_("Packed"),
        "move": N_("Moved"),
        "lose": N_("Lost"),
        "came_back": N_("Sent back by a buyer"),
        "pick": N_("Picked for an order"),
    },
    "place_kind": {
        "store": N_("Store"),
        "cold_room": N_("Cold room"),
        "outlet": N_("Outlet that sells for us"),
    },
    "loss_cause": {
        "trimming": N_("Trimming"),
        "drying": N_("Drying"),
        "rot": N_("Rot"),
        "transport": N_("Transport"),
        "disaster": N_("Disaster"),
        "negligence": N_("Negligence"),
        "other": N_("Other cause"),
    },
    "channel_kind": {
        "enterprise_contract": N_("Contract with an enterprise"),
        "wholesale": N_("Wholesale"),
        "livestream": N_("Livestream"),
        "group_buy": N_("Group buy"),
        "platform_shop": N_("Shop on a platform"),
        "pairing_purchase": N_("Bought by a partner unit"),
        "walk_in": N_("At the gate"),
    },
    "fee_basis": {
        "none": N_("No fee"),
        "gross": N_("on what was ordered"),
        "net": N_("on what is left after giving back"),
    },
    "sale_state": {
        "entered": N_("To be sent"),
        "part_sent": N_("Partly sent"),
        "sent": N_("Sent"),
        "given_back": N_("All given back"),
        "cancelled": N_("Cancelled"),
    },
    "shipment_state": {
        "on_the_way": N_("On the way"),
        "received": N_("Goods arrived"),
    },
    "refund_kind": {
        "refund": N_("Money given back"),
        "return": N_("Goods came back"),
        "spoilage": N_("Spoilt at the buyer's"),
        "short_weight": N_("Lost on the way"),
        "cancelled": N_("Cancelled before it was sent"),
    },
    "refund_bearer": {
        "organisation": N_("The organisation"),
        "growers": N_("The growers, by their parts"),
    },
    "claim_kind": {
        "buyer_unit": N_("Unit that bought it"),
        "helper_province": N_("Helping province"),
        "platform": N_("Platform"),
        "other": N_("Somebody else"),
    },
    "attribution": {
        "lot": N_("The lots it was taken from"),
        "pool": N_("Everything pooled in the season"),
        "average": N_("Its lots, at the season's average price"),
    },
    "attribution_why": {
        "lot": N_(
            "By lot: the goods were taken from these lots, and each lot is made of these deliveries; "
            "every household has its exact part of the goods and of the money."
        ),
        "pool": N_(
            "By pool: everything of this good that came into lots in the year counts, by weight, "
            "whichever lot was taken."
        ),
        "average": N_(
            "By average: the goods are told by lot; the money of all such sales of the year is shared by "
            "weight, so that everyone gets the year's average price."
        ),
    },
    "money_into": {
        "101": N_("Cash"),
        "102": N_("Bank"),
    },
    "seal": {
        "yes": N_("intact"),
        "no": N_("broken"),
    },
}
