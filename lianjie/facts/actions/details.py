"""Rows of sealed details: phones and reasons of health."""

from collections.abc import Mapping
from datetime import datetime

from lianjie.facts import sealing
from lianjie.facts.models import PersonalDetail
from lianjie.facts.queries.parties import SLICE


def row_of(
    party_id: int, kind: str, number: int, value: str, *, at: datetime, by: int | None
) -> PersonalDetail:
    """The `number`th value of a kind, sealed; "" says that nothing is known any more. Not yet stored."""
    name = sealing.detail_row(party_id, kind, number)
    sealed = sealing.seal(value, name) if value else None
    phone = bool(value) and kind == "phone"
    return PersonalDetail(
        party_id=party_id, kind=kind, number=number, sealed=sealed,
        index=sealing.detail_index(value) if phone else "",
        digest=sealing.digest(sealed, name) if sealed else "",
        end=value[-4:] if phone else "", at=at, by_id=by,
    )  # fmt: skip


def phones_where_none(wanted: Mapping[int, str], *, at: datetime, by: int | None) -> int:
    """Keep the phones (party -> number) of those of whom none was ever kept; returns how many."""
    ids = sorted(wanted)
    made = 0
    for start in range(0, len(ids), SLICE):
        some = ids[start : start + SLICE]
        rows = PersonalDetail.objects.filter(party_id__in=some, kind="phone")
        known = set(rows.values_list("party_id", flat=True))
        new = [row_of(pk, "phone", 1, wanted[pk], at=at, by=by) for pk in some if pk not in known]
        made += len(PersonalDetail.objects.bulk_create(new, batch_size=SLICE))
    return made
