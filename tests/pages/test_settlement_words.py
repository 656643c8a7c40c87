"""A refusal is in the reader's language to the last word: states and articles too."""

from datetime import date

from django.utils.translation import gettext, override

from lianjie.ledger import parameters
from lianjie.ledger.actions.settlement import OneIsOpen
from lianjie.ledger.rules import flow
from lianjie.ledger.rules.notice_term import ShorterThanLaw


def test_states_and_articles_inside_a_refusal_are_translated():
    law = flow.disclosure_law(parameters.text("disclosure"), "coop", date(2026, 1, 12))
    early = flow.DisclosedTooShortly(disclosed=date(2026, 1, 12), earliest=date(2026, 1, 27), law=law)
    short = ShorterThanLaw(days=7, least=15, law=law)
    with override("zh-hans"):
        assert gettext(law) != law
        assert gettext(law) in early.say(gettext)
        assert law not in early.say(gettext)
        assert gettext(law) in short.say(gettext)
        open_ = OneIsOpen(year=2025, round=1, state="disclosed")
        assert gettext("disclosed") in open_.say(gettext)
    assert law in early.say()
