"""Why facts were corrected or taken back, as it was said when it was done."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.apps import apps

from lianjie.facts.models import Fact
from lianjie.facts.queries.parties import SLICE


def whys(organisation_id: int, references: Collection[str]) -> dict[str, str]:
    """Reference of a former version ("delivery:2025-0017") -> why the one after it was entered.

    A page says the reason in the name of its entry's source where the fact has none of its own; a file says
    none, and is left out.
    """
    by_model: dict[str, list[str]] = defaultdict(list)
    for each in references:
        model, _, key = each.partition(":")
        by_model[model].append(key)
    found: dict[str, str] = {}
    for name, keys in by_model.items():
        table: Any = apps.get_app_config("facts").models.get(name)
        if table is None or not issubclass(table, Fact):
            continue
        for start in range(0, len(keys), SLICE):
            rows = table.objects.filter(
                corrects__organisation_id=organisation_id, corrects__key__in=keys[start : start + SLICE]
            )
            columns = ("corrects__key", "reason", "source__kind", "source__name")
            for key, reason, kind, source in rows.values_list(*columns):
                if said := reason.strip() or (source.strip() if kind == "page" else ""):
                    found[f"{name}:{key}"] = said
    return found
