"""Tables of facts. Read `record.py` first: every other table is one of its three kinds."""

from lianjie.facts.models.agreements import (
    Contribution,
    Lease,
    Membership,
    OrganisationLink,
    Parcel,
    Post,
    ShareAgreement,
)
from lianjie.facts.models.record import Correction, Fact, Source, Spell
from lianjie.facts.models.registry import (
    Area,
    Assignment,
    Household,
    Organisation,
    Party,
    Person,
    RegisteredStatus,
    Residence,
)
from lianjie.facts.models.season import (
    AccountBalance,
    AnnouncedFigure,
    Delivery,
    Tally,
    YearFigure,
)

__all__ = [
    "AccountBalance",
    "AnnouncedFigure",
    "Area",
    "Assignment",
    "Contribution",
    "Correction",
    "Delivery",
    "Fact",
    "Household",
    "Lease",
    "Membership",
    "Organisation",
    "OrganisationLink",
    "Parcel",
    "Party",
    "Person",
    "Post",
    "RegisteredStatus",
    "Residence",
    "ShareAgreement",
    "Source",
    "Spell",
    "Tally",
    "YearFigure",
]
