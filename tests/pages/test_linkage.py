"""One household over all its organisations: S2, L7."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model

from lianjie.facts.actions.people import assign
from lianjie.ledger.actions import carrying_out
from lianjie.ledger.queries.income import year_income
from lianjie.ledger.rules.income import Income, stream_of, together
from tests.ledger import coop
from tests.ledger.test_settlement_way import WHO, posted

pytestmark = pytest.mark.mission("S2", "L7")


def test_streams_add_up_over_organisations():
    parts = [Income("A", "a", {"rent": 100, "dividend": 5}), Income("B", "b", {"rent": 1, "other": 0})]
    assert together(parts) == {"rent": 101, "dividend": 5}
    assert [
        stream_of(each) for each in ("rent:x:2025", "delivery:1", "contribution:1", "balances:2025.1")
    ] == [
        "rent",
        "produce",
        "",
        "",
    ]


@pytest.mark.both
def test_a_household_sees_what_it_is_owed_by_stream_and_only_where_it_may(client):
    made = coop.make()
    other = coop.make(code="OTHER")
    done = posted(made)
    home = coop.Party.objects.get(code="COOP-H1")
    due = {each.party_id for each in carrying_out.owed(done.id) if each.party_id == home.pk}
    paid = carrying_out.pay(done, due, method="cash", evidence="list", day=date(2026, 2, 3), **WHO)
    found = year_income([home.pk], coop.YEAR, [made.pk, other.pk])
    assert found.paid_fen == paid == found.parts[0].total
    assert set(found.parts[0].by_stream) == {"dividend", "patronage"}

    member = get_user_model().objects.create_user("member")
    assign(member.pk, "member", organisation="COOP", party="COOP-H1", start_day=date(2024, 1, 1))
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/h/COOP-H1/")
    assert page.status_code == 200
    assert f"{paid / 100:,.2f}" in page.content.decode()
    assert client.get("/h/COOP-H2/").status_code == 404
    assert client.get("/h/NOBODY/").status_code == 404
