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
    words = Sought.objects.filter(organisation_id=organisation_id).order_by()
    begins = [Q(word__gte=said, word__lt=said + chr(0x10FFFF)) for said in dict.fromkeys(_said(text))]
    # One after the other: asked for either, SQLite reads all the words of an organisation.
    found = [list(words.filter(each).values_list("party_id", flat=True)[: FEW + 1]) for each in begins]
    if all(len(ids) <= FEW for ids in found):
        return Q(**{f"{party}__in": sorted({each for ids in found for each in ids})})
    either = begins[0] if len(begins) == 1 else begins[0] | begins[1]
    return Q(Exists(words.filter(either, party_id=OuterRef(party))))


def _said(text: str) -> Iterator[str]:
    """What is typed, and without its spaces when it may be pinyin."""
    small = text.strip().translate(_SMALL)
    yield small
    letters = small.replace(" ", "")
    if re.fullmatch(r"[a-zü]+", letters):
        yield letters
