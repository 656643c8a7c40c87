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
from lianjie.facts.models.in_kind import (
    InputIssue,
    Loan,
    LoanDecision,
    LoanDeferral,
    LoanLoss,
    LoanReturn,
    Lot,
    LotLoss,
)
from lianjie.facts.models.offtake import (
    CallOff,
    OfftakeContract,
    OfftakeDelivery,
    OfftakePromise,
    PriceRecord,
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
from lianjie.facts.models.rent import LeaseChange, RentTerms
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
    "CallOff",
    "Contribution",
    "Correction",
    "Delivery",
    "Fact",
    "Household",
    "InputIssue",
    "Lease",
    "LeaseChange",
    "Loan",
    "LoanDecision",
    "LoanDeferral",
    "LoanLoss",
    "LoanReturn",
    "Lot",
    "LotLoss",
    "Membership",
    "OfftakeContract",
    "OfftakeDelivery",
    "OfftakePromise",
    "Organisation",
    "OrganisationLink",
    "Parcel",
    "Party",
    "Person",
    "Post",
    "PriceRecord",
    "RegisteredStatus",
    "RentTerms",
    "Residence",
    "ShareAgreement",
    "Source",
    "Spell",
    "Tally",
    "YearFigure",
]
