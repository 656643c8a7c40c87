"""Phones, numbers of a county there is not, corrections, and who looked: all invented."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.cn import ric

from lianjie.facts.actions import personal
from lianjie.facts.actions.personal import CorrectionAsked, SeeAsked
from lianjie.facts.queries import parties
from lianjie.facts.queries import personal as queries
from lianjie.project.demo import herb
from lianjie.project.demo.people import homes

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def add(say: Callable[[str], None]) -> None:
    """Doing it again changes nothing."""
    organisation = parties.organisation(herb.CODE)
    if queries.requests(organisation.id):
        return
    say(_("Entering personal data of {code} …").format(code=herb.CODE))
    users = get_user_model().objects
    maker, checker = users.get(username="kuaiji").pk, users.get(username="lishizhang").pk
    heads = [home.head for home in homes("SH", 8)]
    ids = parties.ids_by_code([head.code for head in heads])

    def asked(nth: int, field: str, value: str, reason: str = "") -> CorrectionAsked:
        return CorrectionAsked(
            organisation.id, ids[heads[nth].code], field, value, reason, "身份证复印件（示例）"
        )

    def look(nth: int, purpose: str, reason: str, *kinds: str) -> None:
        given = SeeAsked(organisation.id, ids[heads[nth].code], kinds, purpose, reason)
        personal.see(given, at=AT, by=maker)

    with transaction.atomic():
        for nth in range(len(heads)):
            personal.enter(asked(nth, "phone", f"100000000{nth + 11}"), at=AT, by=maker)
            personal.enter(asked(nth, "id_number", _number(nth)), at=AT, by=maker)
        personal.enter(asked(2, "health", "disability"), at=AT, by=maker)
        look(1, "agreement", "续签土地流转合同", "id_number")
        look(2, "application", "代办残疾人两项补贴", "id_number", "phone", "health")
        look(4, "contact", "通知到场过磅", "phone")
        mended = personal.ask(asked(5, "phone", "10000000099", "换了号码"), at=AT, by=maker)
        personal.rule(organisation.id, mended.number, verdict="approved", reason="", at=AT, by=checker)
        personal.ask(asked(3, "name", f"{heads[3].name}芳", "身份证上多一个字"), at=AT, by=maker)


def _number(nth: int) -> str:
    """An identity number that passes its check digit, of an area code nobody has."""
    body = f"539901{1960 + nth}0{nth + 1}1{nth}00{nth + 1}"
    return body + ric.calc_check_digit(body + "0")
