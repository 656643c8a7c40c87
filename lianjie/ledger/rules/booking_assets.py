"""A collective's assets, their wear, what they are let for, and its income -> their entry.

151/152 hold buildings, facilities and equipment, 142/143 orchards; land has no worth in the books. Wear is
operating expense (521), of public-welfare assets administrative (523). Contract payments are operating income
(501) when they fall due, owed by the payer: 114 a member, 113 anybody else. Received beforehand they
stand there on the other side; given back from there, they were never income. A subsidy is a special payable
(235); spent on an asset it becomes special fund (311). What an asset given away leaves goes through 154.
Source: accounting system 财会〔2021〕37号, notes on 142, 143, 151, 152, 154, 235, 311, 501 to 529.
"""

from collections.abc import Iterator

from lianjie.base.words import N_
from lianjie.facts.rules.handed import AssetFact
from lianjie.ledger.rules.booking_in_kind import claim
from lianjie.ledger.rules.entry import Entry, Posting, entry

HELD_ON = {
    "building": ("151", "152"),
    "facility": ("151", "152"),
    "equipment": ("151", "152"),
    "plantation": ("142", "143"),
}
MONEY = {"bank": "102", "cash": "101", "subsidy": "102", "donation": "311"}
INCOME = {
    "operating": "501",
    "contracting": "501",
    "other_operating": "501",
    "investment": "511",
    "subsidy": "235",
    "other": "502",
}
TEXTS = {
    "asset": N_("Asset registered"),
    "charge": N_("Depreciation"),
    "due": N_("Contract payment fallen due"),
    "receipt": N_("Contract payment received"),
    "given_back": N_("Contract payment given back"),
    "disposal": N_("Asset given away"),
    "income": N_("Income of the collective"),
}


def moved(fact: AssetFact) -> Entry | None:
    """The entry of an asset or income fact; None where the books already hold it."""
    lines = tuple(line for line in _LINES[fact.kind](fact) if line.amount)
    return entry(fact.reference, fact.day, TEXTS[fact.kind], *lines) if lines else None


def _asset(fact: AssetFact) -> Iterator[Posting]:
    if fact.way == "held":
        return
    yield Posting(HELD_ON[fact.of][0], fact.fen)
    yield Posting(MONEY[fact.way], -fact.fen)
    if fact.way == "subsidy":
        yield Posting("235", fact.fen)
        yield Posting("311", -fact.fen)


def _charge(fact: AssetFact) -> Iterator[Posting]:
    yield Posting("521" if fact.category == "operating" else "523", fact.fen)
    yield Posting(HELD_ON[fact.of][1], -fact.fen)


def _due(fact: AssetFact) -> Iterator[Posting]:
    yield Posting(claim(fact.member), fact.fen, fact.party)
    yield Posting("501", -fact.fen)


def _receipt(fact: AssetFact) -> Iterator[Posting]:
    yield Posting(MONEY[fact.way], fact.fen)
    yield Posting(claim(fact.member), -fact.fen, fact.party)


def _disposal(fact: AssetFact) -> Iterator[Posting]:
    if fact.of in HELD_ON:
        held, worn = HELD_ON[fact.of]
        yield Posting(held, -fact.cost_fen)
        yield Posting(worn, fact.taken_fen)
        yield Posting("154", fact.cost_fen - fact.taken_fen)
    left = fact.cost_fen - fact.taken_fen
    yield Posting("154", -left)
    yield Posting(MONEY[fact.way], fact.fen)
    yield Posting("502" if fact.fen > left else "529", left - fact.fen)


def _income(fact: AssetFact) -> Iterator[Posting]:
    if fact.way == "held":
        return
    yield Posting(MONEY[fact.way], fact.fen)
    yield Posting(INCOME[fact.of], -fact.fen)


_LINES = {
    "asset": _asset,
    "charge": _charge,
    "due": _due,
    "receipt": _receipt,
    "given_back": _receipt,
    "disposal": _disposal,
    "income": _income,
}
