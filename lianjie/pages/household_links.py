"""Where each line of a household's page leads, for whoever may read there; "" where it leads nowhere."""

from urllib.parse import quote

from django.urls import reverse

from lianjie.facts.queries.linked import Tie
from lianjie.facts.queries.reasons import Reason
from lianjie.ledger.queries.due import Due
from lianjie.pages.access import Place
from lianjie.pages.templatetags.frame import address_at

RECEIPTS = {"inputissue": "input", "inputback": "input"}
"""Reason -> the receipt, which the household may read too."""
FACTS = ("delivery", "contribution")
"""Reasons whose own page a household may read."""
BOOKS = {"loan": "loan", "loanreturn": "loan", "loandecision": "loan", "payroll": "payroll"}
"""Reason -> the page that shows it, for whoever reads the books."""
TIES = {
    "membership": "fact",
    "share_agreement": "fact",
    "shares": "fact",
    "parcel": "fact",
    "tally": "fact",
    "post": "fact",
    "lease": "rent-lease",
    "contract": "contract",
    "order": "order",
    "floor_income": "order",
    "loan": "loan",
    "work": "workshop",
    "case": "case",
    "bond": "contract",
    "bond_sublet": "rent-lease",
    "bond_given": "rent-lease",
}
"""Kind of a linkage -> the page that shows it."""
DUES = {
    "contract_back": "contract",
    "loan": "loan",
    "order": "order",
    "material": "workshop",
    "bond": "contract",
    "bond_sublet": "rent-lease",
    "bond_given": "rent-lease",
}


def of_movement(place: Place, party: str, source: str, about: str, lease: str, reason: Reason | None) -> str:
    """A movement: the fact, the lease, the statement of a settlement, or the entry itself."""
    kind = reason.kind if reason else ""
    if reason and kind in FACTS:
        return address_at("fact", place.code, reason.number)
    if reason and kind in RECEIPTS:
        return address_at(RECEIPTS[kind], place.code, reason.number)
    if lease and place.reads:
        return address_at("rent-lease", place.code, lease)
    if source.removeprefix("reversal:").startswith("settlement:"):
        return _statement(place, party, about)
    if not place.reads:
        return ""
    if reason and kind in BOOKS:
        return address_at(BOOKS[kind], place.code, reason.number)
    if reason and reason.shop:
        return reverse("home-work", args=[place.code, reason.shop, reason.number])
    return f"{reverse('journal', args=[place.code])}?search={quote(source, safe='')}" if source else ""


def of_due(place: Place, party: str, due: Due) -> str:
    """What is due: its loan, order or lease, or the statement that tells it."""
    if due.kind == "settlement":
        return _statement(place, party, due.about)
    if not place.reads:
        return ""
    if due.kind in DUES and due.about:
        return address_at(DUES[due.kind], place.code, due.about)
    return address_at("rent-lease", place.code, due.lease) if due.rent else ""


def of_tie(place: Place, tie: Tie) -> str:
    """A linkage: its fact, which the household may read too, or the page of its agreement."""
    name = TIES.get(tie.kind, "")
    return address_at(name, place.code, tie.number) if name and (place.reads or name == "fact") else ""


def _statement(place: Place, party: str, year: str) -> str:
    return reverse("statement", args=[place.code, party, year])
