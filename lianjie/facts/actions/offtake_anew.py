"""Price a delivery anew when a price on record behind it was corrected since, or entered after it."""

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.offtake import NoSuchDelivery, priced_so, priced_version
from lianjie.facts.actions.store import Entry, base
from lianjie.facts.actions.withdraw import ReasonMissing
from lianjie.facts.models import Delivery
from lianjie.facts.queries import offtake as queries
from lianjie.facts.rules import offtake as rules
from lianjie.facts.rules.handed import Post
from lianjie.facts.rules.offtake import Priced


class StandsAsPriced(Refusal):
    what = N_("The prices on record give this delivery the price it has.")
    fix = N_("Correct the price seen first, if it is wrong.")


@transaction.atomic
def price_anew(entry: Entry, number: str, reference: str, reason: str, *, post: Post) -> Priced:
    """Give a delivery priced by an order the price its terms and the prices on record give now.

    A new version of it with its entry, and of the reason of its price; what was paid stays. `reason` is said
    by whoever enters it and belongs into the name of the entry's source.

    Refuses with ReasonMissing, NoSuchDelivery or StandsAsPriced.
    """
    if not reason.strip():
        raise ReasonMissing
    key = reference.removeprefix("delivery:")
    rows = Delivery.objects.current().filter(organisation_id=entry.organisation_id, key=key)
    old = rows.select_related("household").first()
    before = queries.reasons(entry.organisation_id, [base(key)]).get(base(key))
    if old is None or before is None or base(before.contract.key) != number:
        raise NoSuchDelivery(reference=reference)
    if old.reference not in queries.priced_now(entry.organisation_id, number):
        raise StandsAsPriced
    terms = queries.terms_of(before.contract)
    seen = queries.prices_seen(entry.organisation_id, old.good, old.day)
    priced = rules.price(terms, old.good, old.grade, old.day, seen)
    row = priced_version(entry, old, priced, post)
    priced_so(entry, before.contract, row, priced, before).save(force_insert=True)
    return priced
