"""Parties on an organisation's lists: found by what is typed, walked in order. Triggers keep the tables."""

import re
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianjie.facts.models import Listed, Sought

FEW = 1_000
"""Parties found by a search are named one by one up to so many; more are met soon enough on a walk."""

_SMALL = str.maketrans({chr(letter): chr(letter + 32) for letter in range(ord("A"), ord("Z") + 1)})


def listed(organisation_id: int) -> QuerySet[Listed]:
    """Everyone on the organisation's lists."""
    return Listed.objects.filter(organisation_id=organisation_id)


def spelled(organisation_id: int, text: str, party: str) -> Q:
    """Listed parties whose name holds `text`, whose code begins with it, or whose pinyin it is: zhangsan, zs.

    party  the column that holds the party's id in the row searched
    """
    found = Sought.objects.filter(_begins(text), organisation_id=organisation_id).order_by()
    ids = list(found.values_list("party_id", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return Q(**{f"{party}__in": sorted(set(ids))})
    return Q(Exists(found.filter(party_id=OuterRef(party))))


def _begins(text: str) -> Q:
    small = text.strip().translate(_SMALL)
    found = Q()
    for word in dict.fromkeys(_said(small)):
        found |= Q(word__gte=word, word__lt=word + chr(0x10FFFF))
    return found


def _said(small: str) -> Iterator[str]:
    yield small
    letters = small.replace(" ", "")
    if re.fullmatch(r"[a-zü]+", letters):
        yield letters
