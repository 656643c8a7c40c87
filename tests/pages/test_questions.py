"""No list asks the database a question a row: one record of every register, then twenty more of each."""

import copy
from collections import Counter
from contextlib import suppress
from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import home_work, stock
from lianjie.facts.actions.people import assign
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import Fact
from lianjie.facts.registers.register import Desk
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from tests.facts import register_world
from tests.ledger import coop
from tests.pages.test_access_matrix import NAMED, NOT_OPENED, in_organisation

pytestmark = pytest.mark.django_db
MORE = 20
FAMILIES = ("in-kind", "orders", "rents", "work", "growing", "market", "collective", "experts",
            "order-money", "bonds", "assembly")  # fmt: skip
COUNTED = 2
"""Questions more that a long list may ask, whatever its length: how many there are in all."""


def lists() -> list[str]:
    """Pages of an organisation that need nothing but its code."""
    return [
        name
        for name in sorted(NAMED)
        if list(NAMED[name]) == ["code"] and in_organisation(name) and name not in NOT_OPENED
    ]


def filled(organisation_id: int) -> None:
    """Something in every register; what a family rests on is made once."""
    desk = Desk(
        Entry(organisation_id, SourceGiven("workbook", "r.xlsx", "0" * 64), timezone.now(), None),
        post,
        register_world.deliver(organisation_id),
    )
    material = Goods("竹篾", "kg", 90_000)
    stock.receive(stock.Receiving("CL1", date(2025, 1, 2), material, "bought"), desk.books)
    for family in FAMILIES:
        with suppress(Refusal, DatabaseError), transaction.atomic():
            register_world.ground(desk, family)
        register_world.FILL[family](desk)
    out = home_work.HandingOut("FL1", date(2025, 2, 1), "W3", "CL1", 40_000, "签")
    home_work.hand_out(out, desk.books)


def twenty_more(organisation_id: int) -> Counter[str]:
    """Copies of all records under other numbers, resting on each other as they do; table -> how many."""
    made: Counter[str] = Counter()
    copies: dict[tuple[type[Model], int], list[int]] = {}
    for model in _resting_last():
        for row in list(model.objects.filter(organisation_id=organisation_id).order_by("pk")):
            rows = [_copied(row, number, copies) for number in range(MORE)]
            try:
                with transaction.atomic():
                    model.objects.bulk_create(rows)
            except DatabaseError:
                continue
            copies[model, row.pk] = [each.pk for each in rows]
            made[model.__name__] += MORE
    return made


def _resting_last() -> list[type[Fact]]:
    """The tables of facts, each after those it points to."""
    found: list[type[Fact]] = []
    begun: set[type[Model]] = set()

    def add(model: type[Model]) -> None:
        if model not in begun and issubclass(model, Fact):
            begun.add(model)
            for field in model._meta.concrete_fields:
                if field.related_model:
                    add(field.related_model)
            found.append(model)

    for model in apps.get_models():
        add(model)
    return found


def _copied(row: Fact, number: int, copies: dict[tuple[type[Model], int], list[int]]) -> Fact:
    made = copy.copy(row)
    made.pk = None
    first, version, rest = row.key.partition("~")
    word, mark, end = first.partition("-")
    made.key = f"{word}{number}{mark}{end}{version}{rest}"
    for field in row._meta.concrete_fields:
        known = field.related_model and copies.get((field.related_model, getattr(row, field.attname)))
        if known:
            setattr(made, field.attname, known[number])
    return made


def test_a_list_asks_as_much_of_many_rows_as_of_one():
    made = coop.make()
    filled(made.pk)
    user = get_user_model().objects.create_user("reader")
    for role in ("accountant", "chair", "auditor"):
        assign(user.pk, role, organisation="COOP", start_day=date(2020, 1, 1))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pages = {name: reverse(name, args=["COOP"]) for name in lists()}
    addresses = pages | {f"{name} as a file": f"{address}?as=csv" for name, address in pages.items()}

    def asked() -> dict[str, int]:
        found = {}
        for name, address in addresses.items():
            client.get(address)  # what is kept for the process is asked for now
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address)
                if answer.streaming:
                    list(answer)
            if answer.status_code == 200:
                found[name] = len(captured)
        return found

    few, copies, many = asked(), twenty_more(made.pk), asked()
    assert len(copies) > 50, copies
    assert len(few) > 160, "lists were left out"
    grown = {name: (few[name], more) for name, more in many.items() if more > few[name] + COUNTED}
    assert not grown, "questions asked of one row, and of twenty-one"
