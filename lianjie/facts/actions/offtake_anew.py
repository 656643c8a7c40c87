"""Price deliveries anew when a price on record behind them was corrected since, or entered after them."""

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.offtake import priced_so, priced_version
from lianjie.facts.actions.store import Entry, base, standing
from lianjie.facts.actions.withdraw import ReasonMissing
from lianjie.facts.models import Delivery, OfftakeDelivery
from lianjie.facts.queries import offtake as queries
from lianjie.facts.rules import offtake as rules
from lianjie.facts.rules.handed import Post


class AllStandAsPriced(Refusal):
    what = N_("The prices on record give every delivery of order {order} the price it has.")
    fix = N_("Correct the price seen first, if it is wrong.")


@transaction.atomic
def price_anew(entry: Entry, number: str, reason: str, *, post: Post) -> int:
    """Give deliveries priced by an order the price its terms and the prices on record give now.

    Each is a new version with its entry, and with the reason of its price; what was paid stays. `reason` is
    said by whoever enters it and belongs into the name of the entry's source.

    returns  how many got another price

    Refuses with ReasonMissing or AllStandAsPriced.
    """
    if not reason.strip():
        raise ReasonMissing
    keys = [each.removeprefix("delivery:") for each in queries.priced_now(entry.organisation_id, number)]
    if not keys:
        raise AllStandAsPriced(order=number)
    reasons = standing(OfftakeDelivery, entry.organisation_id, map(base, keys), "contract__buyer")
    prices = queries.Prices(entry.organisation_id)
    rows = Delivery.objects.current().filter(organisation_id=entry.organisation_id, key__in=keys)
    for old in rows.select_related("household").order_by("day", "key"):
        before = reasons[base(old.key)]
        seen = prices.until(old.good, old.day)
        priced = rules.price(queries.terms_of(before.contract), old.good, old.grade, old.day, seen)
        row = priced_version(entry, old, priced, post)
        priced_so(entry, before.contract, row, priced, before).save(force_insert=True)
    return len(keys)
