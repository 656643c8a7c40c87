"""Every kind of fact has one page: who, when, from what, what changed, what it booked. Disputes in words."""

import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lianjie.facts.actions import dispute, in_kind, work
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import Assignment, Delivery, Party
from lianjie.facts.queries import history
from lianjie.facts.registers.register import Desk
from lianjie.ledger.actions.posting import post
from lianjie.pages import fact_words
from lianjie.pages.field_words import FIELDS
from tests.facts import register_world
from tests.ledger import coop

pytestmark = pytest.mark.both
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def desk(db) -> Desk:
    here = coop.make().pk
    source = SourceGiven("workbook", "登记表.xlsx", "0" * 64)
    return Desk(Entry(here, source, AT, None), post, register_world.deliver(here))


@pytest.fixture
def reader(desk) -> Client:
    user = get_user_model().objects.create(username="reader")
    Assignment.objects.create(
        user=user,
        role="accountant",
        organisation_id=desk.entry.organisation_id,
        start_day=date(2020, 1, 1),
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, reference: str) -> str:
    answer = client.get(reverse("fact", args=["COOP", reference]))
    assert answer.status_code == 200, reference
    return answer.content.decode()


def test_every_fact_of_the_field_year_has_its_page_in_words(desk, reader):
    for family in ("in-kind", "orders", "rents", "work", "growing", "experts"):
        if family == "experts":  # the base of the growing world is theirs too
            register_world.FILL[family](desk)
        else:
            register_world.fill(desk, family)
    shown = set()
    for kind, model in history.tables().items():
        row = model.objects.filter(organisation_id=desk.entry.organisation_id).order_by("-pk").first()
        if row is None:
            continue
        text = page(reader, row.reference)
        shown.add(kind)
        assert "What it booked" in text
        raw = set(re.findall(r"<dt>([a-z]+(?: [a-z]+)*)</dt>", text))
        assert not raw, f"{kind}: {raw} need a word in pages/field_words.py"
    assert len(shown) > 25


def test_what_a_loan_booked_and_what_took_it_back(desk, reader):
    register_world.fill(desk, "in-kind")
    in_kind.take_back("inputissue:F1", "written twice", desk.books)
    text = page(reader, "inputissue:F1")
    assert "written twice" in text
    assert "no longer stands" in text
    assert text.count("Reversed") == 1
    assert "320.50" in text, "the advance, in yuan"
    assert "15.25 kg" in text, "and the goods, as they are counted"
    assert "登记表.xlsx" in page(reader, "loan:J1"), "from which document"
    assert "20 pieces" in page(reader, "loan:J3")


TAKEN_BACK = {
    "inputissue:F1": "Inputs handed out F1 · 2025-03-05 · {H2} · 魔芋种芋 · Quantity 15.25 kg · "
    "Advance (yuan) 320.50",
    "loanreturn:R1": "Returns R1 · 2025-10-20 · {H1} · 魔芋种芋 · Quantity 120 kg",
    "lot:M1": "Lots received M1 · 2025-02-01 · 母鸡 · Quantity 60 pieces",
}


def test_what_is_taken_back_is_said_before_it_is(desk, reader):
    """Kind, day, who and how much, and who entered it: not its name in the tables alone."""
    register_world.fill(desk, "in-kind")
    names = {code: Party.objects.get(code=f"COOP-{code}").name for code in ("H1", "H2")}
    for reference, line in TAKEN_BACK.items():
        answer = reader.get(reverse("goods-take-back", args=["COOP", reference]))
        text = answer.content.decode()
        assert line.format(**names) in text
        assert "Entered on 2026-11-01" in text
        assert f'href="{reverse("fact", args=["COOP", reference])}"' in text


def test_every_kind_of_fact_has_a_word():
    with translation.override("en"):
        assert [kind for kind in history.tables() if fact_words.title(kind) == kind] == []


def test_what_changed_between_versions(desk, reader):
    register_world.fill(desk, "work")
    work.open_workshop(
        desk.entry, "CJ1", name="藤编", form="home", address="村部", start=date(2025, 1, 1), until=None
    )
    text = page(reader, "workshop:CJ1")
    assert "<del>factory workshop</del> → <ins>home work given out</ins>" in text


def test_a_fact_of_another_organisation_or_of_no_table_is_not_found(desk, reader):
    for reference in ("loan:J1", "nothing:J1", "loan", "source:1"):
        assert reader.get(reverse("fact", args=["COOP", reference])).status_code == 404


def test_a_delivery_in_dispute_is_marked_in_words_wherever_it_is_listed(desk, reader):
    register_world.fill(desk, "orders")
    delivery = Delivery.objects.get(receipt="BD1")
    order = reverse("order", args=["COOP", "DD1"])
    lists = (
        order,
        reverse("deliveries", args=["COOP"]) + "?search=BD1",
        reverse("member", args=["COOP", "COOP-H1"]) + "?year=2025",
        reverse("fact", args=["COOP", "offtakedelivery:" + delivery.key]),
        reverse("fact", args=["COOP", delivery.reference]),
    )
    for address in lists:
        assert "in dispute</" not in reader.get(address).content.decode(), address
    dispute.raise_dispute(desk.entry, delivery.key, day=date(2025, 9, 10), by="COOP-H1", claim="秤不准")
    for address in lists:
        assert "in dispute</" in reader.get(address).content.decode(), address
    out = reader.get(reverse("deliveries", args=["COOP"]) + "?search=BD1&as=csv")
    assert "in dispute" in b"".join(out.streaming_content).decode("utf-8-sig")


def test_no_word_for_a_field_is_left_over():
    known = {f.name for model in history.tables().values() for f in model._meta.fields}
    assert set(FIELDS) <= known, "take it out of pages/field_words.py"
