"""Who is on an organisation's lists: kept by triggers, in the orders and by the words lists are asked for."""

from django.db import models

from lianjie.facts.models.registry import Area, Party


class Listed(models.Model):
    """A party with standing, land, crop, people or status in an organisation's books, once.

    `sort_key`, `code`, `kind` and `area` are the party's own; `capital_fen` is its capital here as it stands.
    """

    # Every index below begins with the organisation.
    organisation = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="listed")
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=40)
    sort_key = models.CharField(max_length=200)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    capital_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "party"], name="listed_once")]
        indexes = [
            models.Index(fields=["organisation", "sort_key", "party"], name="listed_by_name"),
            models.Index(fields=["organisation", "area", "sort_key", "party"], name="listed_by_area"),
            models.Index(fields=["organisation", "code", "party"], name="listed_by_code"),
            models.Index(fields=["organisation", "capital_fen", "party"], name="listed_by_capital"),
        ]


class Sought(models.Model):
    """A word a listed party is found by: whatever is typed is the beginning of one of its words.

    The name and each of its endings, the code, the pinyin without spaces from each syllable on, the first
    letters of the syllables; A to Z in small letters.
    """

    organisation = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["organisation", "word", "party"], name="sought_by_word")]
