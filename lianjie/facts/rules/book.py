"""A year of one organisation as people enter it: a frozen row per fact, a tuple of rows per sheet.

Money is in fen, weight in grams, land in ten-thousandths of a mu, shares in ten-thousandths of a share.
`where` ("交售!7") is where a row was read; it is no part of what the row says.
"""

from dataclasses import dataclass, field
from datetime import date

from lianjie.base.refusal import Finding


@dataclass(frozen=True, slots=True)
class Row:
    """What every row knows: where it stands in its source."""

    where: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class OrganisationRow(Row):
    """Whose book this is, and of which year."""

    code: str
    name: str
    kind: str
    village: str
    year: int
    credit_code: str = ""
    founded_day: date | None = None
    invented: bool = False


@dataclass(frozen=True, slots=True)
class AreaRow(Row):
    """An administrative area the registry does not hold yet."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PartyRow(Row):
    """A household, or an organisation other than the one whose book this is. `kind` is "household" or
    a kind of organisation."""

    code: str
    name: str
    kind: str
    village: str
    village_group: str = ""
    status: str = ""
    status_day: date | None = None
    national_number: str = ""
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow(Row):
    """A human being, at home in a household (with relation and day) or in a village."""

    code: str
    name: str
    household: str = ""
    relation: str = ""
    since_day: date | None = None
    village: str = ""
    id_number: str = ""
    birth_day: date | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PostRow(Row):
    """An office held. `until_day` is the first day it is no longer held."""

    person: str
    title: str
    held_in: str
    day: date
    until_day: date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class LinkRow(Row):
    """Two organisations belong together; `parts` of cost and surplus in a joint co-op."""

    giver: str
    taker: str
    kind: str
    day: date
    until_day: date | None = None
    parts: int = 0
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class MemberRow(Row):
    """Standing in the co-op. `tags`: named groups of the plan, space-separated."""

    member: str
    day: date
    consent: str
    until_day: date | None = None
    is_farmer: bool = True
    represented_by: str = ""
    extra_votes: int = 0
    tags: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class AgreementRow(Row):
    """A signed agreement that turns a fund into a share."""

    code: str
    member: str
    fund: str
    amount_fen: int
    day: date
    principle: str
    method: str
    consent: str
    until_day: date | None = None
    floor_fen_per_year: int = 0
    guarantor: str = ""
    principal_returned: bool = False
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ContributionRow(Row):
    """Capital paid in; a return of capital is negative. A land right runs up to, not including, its until."""

    receipt: str
    day: date
    member: str
    origin: str
    amount_fen: int
    shares_e4: int = 0
    agreement: str = ""
    right_until_day: date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class LandRow(Row):
    """A parcel, and the lease of it when there is one (`lease_day` set)."""

    parcel: str
    household: str
    day: date
    contract_extent_mu4: int
    name: str = ""
    measured_extent_mu4: int | None = None
    land_type: str = ""
    grade: str = ""
    contract_until_day: date | None = None
    lease_day: date | None = None
    lease_until_day: date | None = None
    extent_basis: str = ""
    rent_fen_per_mu: int | None = None
    due: str = ""
    form: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryRow(Row):
    """Crop handed in. `amount_fen` is what the receipt says; weight x price to the fen."""

    receipt: str
    day: date
    household: str
    good: str
    grams: int
    price_fen_per_kg: int
    amount_fen: int
    grade: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class TallyRow(Row):
    """Any other measure a plan may share by; `quantity` in small units of `unit`."""

    party: str
    measure: str
    unit: str
    quantity: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class FigureRow(Row):
    """A figure of the year the books do not hold; `value` as written, a plain decimal in `unit`."""

    name: str
    unit: str
    value: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class BalanceRow(Row):
    """One line of a trial balance."""

    account: str
    debit_fen: int = 0
    credit_fen: int = 0


@dataclass(frozen=True, slots=True)
class AnnouncedRow(Row):
    """A figure already printed or promised, to hold against what the plan gives."""

    name: str
    of: str
    unit: str
    value: str
    tolerance: str = "0"
    recipient: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Book:
    """Everything of one organisation and year. `findings` are what a person should look at."""

    organisation: OrganisationRow
    areas: tuple[AreaRow, ...] = ()
    parties: tuple[PartyRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    links: tuple[LinkRow, ...] = ()
    members: tuple[MemberRow, ...] = ()
    agreements: tuple[AgreementRow, ...] = ()
    contributions: tuple[ContributionRow, ...] = ()
    land: tuple[LandRow, ...] = ()
    deliveries: tuple[DeliveryRow, ...] = ()
    tallies: tuple[TallyRow, ...] = ()
    figures: tuple[FigureRow, ...] = ()
    balances: tuple[BalanceRow, ...] = ()
    announced: tuple[AnnouncedRow, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def year(self) -> int:
        """The calendar year of the book."""
        return self.organisation.year
