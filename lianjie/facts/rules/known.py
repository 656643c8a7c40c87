"""What the registry knows already about the codes and names a book mentions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class KnownParty:
    """Somebody in the registry. `kind` is "household", "person" or a kind of organisation."""

    code: str
    name: str
    kind: str
    village: str


def _no_index(number: str) -> str:
    return number


@dataclass(frozen=True)
class Known:
    """What a check may lean on.

    parties     by code; at least every one the book mentions
    areas       code -> name; at least every one the book mentions by code or name
    agreements  code -> code of the member, of this organisation
    receipts    receipt of a contribution -> its day, of this organisation
    handed_back lease (the parcel, “@” and its first day) -> the day its land went back to the household
    members     codes of those who are members of this organisation already
    accounts    code -> name of the chart; empty when accounts are not to be judged here
    index       the keyed index of an identity number (facts/sealing.py)
    people      keyed index -> code of the person registered with that number
    numbered    code of a person -> keyed index of the number registered
    """

    parties: Mapping[str, KnownParty] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    agreements: Mapping[str, str] = field(default_factory=dict)
    receipts: Mapping[str, date] = field(default_factory=dict)
    handed_back: Mapping[str, date] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    accounts: Mapping[str, str] = field(default_factory=dict)
    index: Callable[[str], str] = _no_index
    people: Mapping[str, str] = field(default_factory=dict)
    numbered: Mapping[str, str] = field(default_factory=dict)
