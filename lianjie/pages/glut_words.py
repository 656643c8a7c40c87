"""Coded words of gluts and pairings."""

from collections.abc import Mapping

from lianjie.base.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "offer_state": {
        "open": N_("waits for an answer"),
        "accepted": N_("accepted"),
        "declined": N_("declined"),
    },
    "offer_answer": {"accepted": N_("Accept"), "declined": N_("Decline")},
    "pledge_kind": {
        "funds": N_("Funds"),
        "goods": N_("Goods"),
        "outlets": N_("Outlets"),
        "jobs": N_("Jobs"),
        "projects": N_("Project"),
    },
    "pledge_state": {"open": N_("nothing arrived"), "part": N_("arrived in part"), "kept": N_("kept")},
    "pledge_unit": {"kg": N_("Kilograms"), "piece": N_("Pieces"), "person": N_("Persons")},
    "partner_kind": {
        "public_body": N_("Government or public unit"),
        "enterprise": N_("Enterprise"),
        "association": N_("Association"),
        "committee": N_("Committee"),
    },
    "taken_as": {
        "special_fund": N_("For a purpose: special payable (235)"),
        "donation": N_("Donation: special fund (311)"),
        "other_income": N_("Free to use: other income (502)"),
        "elsewhere": N_("Not in these books"),
    },
    "benefit_kind": {
        "wage": N_("Wage"),
        "dividend": N_("Dividend"),
        "sale": N_("Sale of produce"),
        "rent": N_("Rent"),
        "other": N_("Other"),
    },
}
