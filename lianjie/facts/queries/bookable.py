"""Facts the ledger must hold an entry for: the second guard beside `post`."""

from datetime import date

from lianjie.facts.models import Contribution, Delivery


def bookable(organisation_id: int, start: date, until: date) -> list[str]:
    """References of capital and of priced deliveries of the half-open period, as they stand."""
    found = []
    for model in (Contribution, Delivery):
        rows = model.objects.current().filter(organisation_id=organisation_id, day__gte=start, day__lt=until)
        keys = rows.exclude(amount_fen=0).order_by("pk").values_list("key", flat=True)
        found += [f"{model._meta.model_name}:{key}" for key in keys]
    return found
