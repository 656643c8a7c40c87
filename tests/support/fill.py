"""Any table's row, with every column that must hold something filled."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import models

PLAIN: dict[type[models.Field], Any] = {
    models.CharField: "x",
    models.TextField: "x",
    models.DateTimeField: datetime(2025, 3, 5, tzinfo=UTC),
    models.DateField: date(2025, 3, 5),
    models.IntegerField: 1,
    models.BooleanField: False,
    models.JSONField: {},
    models.BinaryField: b"x",
}


LAWFUL: dict[str, dict[str, Any]] = {
    "facts.bondmove": {"lease": ...},
    "facts.clearingplan": {"until_day": date(2026, 1, 1)},
    "facts.stockdeclaration": {"store": "x", "went_grams": 0},
    "facts.inputback": {"quantity": 1},
    "facts.lotcost": {"amount_fen": 1},
    "facts.groupbuyround": {"until_at": datetime(2025, 3, 6, tzinfo=UTC), "price_fen": 1},
    "facts.livestreamevent": {"until_at": datetime(2025, 3, 6, tzinfo=UTC)},
    "facts.pledge": {"amount_fen": 1},
    "facts.pledgedelivery": {"amount_fen": 1, "evidence": "x"},
    "facts.stockoffer": {"until_day": date(2026, 1, 1)},
}
"""What a table's own constraints ask of a row beyond a value in each column; `...`: any row to point to."""


def fill(model: type[models.Model], **given: Any) -> Any:
    """Store a row of `model`; parties, areas and sources it points to are made too."""
    values = LAWFUL.get(model._meta.label_lower, {}) | given
    for name in [name for name, value in values.items() if value is ...]:
        values[name] = _value(model._meta.get_field(name))
    for field in model._meta.concrete_fields:
        if field.name in values or field.null or field.has_default() or field.blank or field.primary_key:
            continue
        values[field.name] = _value(field)
    return model._default_manager.create(**values)


def _value(field: models.Field) -> Any:
    if isinstance(field, models.ForeignKey):
        to = field.related_model
        return to._default_manager.first() or fill(to)
    if field.choices:
        return field.choices[0][0]
    return next(value for kind, value in PLAIN.items() if isinstance(field, kind))
