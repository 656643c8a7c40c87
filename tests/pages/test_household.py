"""One household over all its organisations: S2, L7."""

import html
import itertools
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model

from lianjie.facts.actions.people import assign
from lianjie.facts.models import Delivery, Household, Lease, Membership, Party, Source
from lianjie.facts.queries import unlinked
from lianjie.ledger.actions import carrying_out
from lianjie.ledger.models import Allotment
from lianjie.ledger.queries import movements
from lianjie.ledger.queries.income import beside, by_year
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.rules.income import Income, stream_of, together
from lianjie.ledger.rules.movement import stands
from tests.ledger import coop
from tests.ledger.test_settlement_way import WHO, posted
from tests.pages.world import _Facts

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
    home = Party.objects.get(code="COOP-H1")
    due = {each.party_id for each in still_owed(done.id) if each.party_id == home.pk}
    paid = carrying_out.pay(done, due, method="cash", evidence="list", day=date(2026, 2, 3), **WHO)
    whose = [home.pk], [made.pk, other.pk]
    found = by_year(movements.of_parties(*whose), *whose)[coop.YEAR]
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


@pytest.mark.both
def test_money_without_a_day_says_since_when_it_is_owed(client):
    made = coop.make()
    posted(made)
    home = Party.objects.get(code="COOP-H1")
    rows = movements.of_parties([home.pk], [made.pk])
    day = min(row.day for row in rows if row.source.startswith("settlement:"))
    last = max(row.day for row in rows)
    standing = stands(movements.sums(rows, [home.pk], [made.pk], last))
    assert movements.since(rows, standing, last) == {(made.pk, "settlement", str(coop.YEAR)): day}
    assert movements.since(rows, standing, day - timedelta(days=1)) == {}

    member = get_user_model().objects.create_user("member")
    assign(member.pk, "member", organisation="COOP", party="COOP-H1", start_day=date(2024, 1, 1))
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/h/COOP-H1/", headers={"accept-language": "en"}).content.decode()
    assert f"since {day}" in page


@pytest.mark.both
def test_the_collective_stands_beside_the_households():
    made = coop.make()
    done = posted(made)
    home = Party.objects.get(code="COOP-H1")
    (found,) = beside([home.pk], [made.pk])
    given = Allotment.objects.filter(step__settlement_id=done.id, memo=False, party__isnull=False)
    of = dict.fromkeys(("household", "organisation"), 0)
    for kind, fen in given.values_list("party__kind", "amount_fen"):
        of["organisation" if kind == "organisation" else "household"] += fen
    assert found.households_fen == of["household"]
    assert found.collectives_fen <= of["organisation"]
    assert found.own_fen == sum(given.filter(party=home).values_list("amount_fen", flat=True))
    assert beside([home.pk], [made.pk], date(coop.YEAR, 6, 1)) == []


@pytest.mark.both
def test_everything_of_a_household_on_one_page_with_its_reasons(reads, world):
    chen = reads("chen")
    assert chen.post("/o/C2001/rents/?year=2024", {"last": "2024-12-31"}).status_code == 302
    page = chen.get("/h/H0001/").content.decode()
    for text in ("Rent due", "Membership", "Lease", "What is due, and when", "Next due"):
        assert text in page
    lease = Lease.objects.get(lessor=world.home)
    assert f'/o/C2001/rents/lease/{lease.key}"' in page
    assert "× 550.00" in page
    # As of a day before the rent was due it had not moved, and was still to come.
    before = chen.get("/h/H0001/?on=2024-06-30").content.decode()
    assert "Nothing moved" in before
    assert "to come" in before
    assert chen.get("/h/H0001/?year=0000&after=x").status_code == 200
    # Before it was a member nothing tied it.
    assert "Nothing links this household" in chen.get("/h/H0001/?on=2017-01-01").content.decode()


@pytest.mark.both
def test_a_long_history_comes_in_pages_and_whole_as_a_file(reads, world):
    chen = reads("chen")
    fact = _Facts(world.coop, Source.objects.first())
    for number in range(60):
        fact(
            Delivery, household=world.home, receipt=f"N{number}", good="白芷", grade="",
            grams=1_000 + number, price_fen_per_kg=0, amount_fen=0, day=date(2024, 3, 1 + number % 7),
        )  # fmt: skip
    seen, address = [], "/h/H0001/"
    while address:
        page = chen.get(address).content.decode()
        seen += re.findall(r"· (N\d+)<", page)
        found = re.search(r'rel="next" href="([^"]*)#moved"', page)
        address = "/h/H0001/" + html.unescape(found.group(1)) if found else ""
    assert sorted(seen) == sorted(f"N{number}" for number in range(60))
    file = b"".join(chen.get("/h/H0001/?as=csv").streaming_content).decode()
    assert file.count("白芷") == 60


def test_who_sees_what(reads, world):
    assert reads("wei").get("/h/H0001/").status_code == 200
    assert reads("wei").get("/h/H0002/").status_code == 404
    assert reads("zhao").get("/h/H0001/").status_code == 404
    assert reads("luo").get("/h/H0002/").status_code == 200
    # A household opens the facts about itself, and no other's.
    own = Membership.objects.get(member=world.home).reference
    assert reads("wei").get(f"/o/C2001/facts/{own}").status_code == 200
    others = Membership.objects.get(member=world.neighbour).reference
    assert reads("wei").get(f"/o/C2001/facts/{others}").status_code == 403


def test_a_household_with_nothing_says_so(reads, world):
    party = Party.objects.create(
        code="H9999", name="无联结户", kind="household", area=world.home.area, sort_key="w"
    )
    Household.objects.create(party=party)
    page = reads("luo").get("/h/H9999/").content.decode()
    assert "Nothing links this household" in page
    assert reads("wei").get("/h/H9999/").status_code == 404
    assert reads("chen").get("/h/H9999/").status_code == 404


def test_few_questions_however_much_there_is(reads, world, django_assert_max_num_queries):
    with django_assert_max_num_queries(75):
        reads("chen").get("/h/H0001/")


@pytest.mark.both
def test_who_is_left_out_is_listed_for_whoever_looks_after_the_area(reads, world):
    for number in range(3):
        row = {"code": f"H999{number}", "name": f"无联结户{number}", "kind": "household"}
        Household.objects.create(party=Party.objects.create(**row, area=world.home.area, sort_key="w"))
    luo = reads("luo")
    page = luo.get(f"/h/?area={world.county.code}").content.decode()
    assert page.count("无联结户") == 3
    assert "/h/H9990/" in page
    assert "H0001" not in page
    assert luo.get("/h/?search=H9991").content.decode().count("无联结户") == 1
    assert "Every household that fits" in luo.get("/h/?status=monitored&search=H9991").content.decode()
    assert b"".join(luo.get("/h/?as=csv").streaming_content).decode().count("H999") == 3
    assert [row.code for row in unlinked.page(["0"], date(2026, 1, 1), limit=2).rows] == ["H9990", "H9991"]
    for other in ("chen", "wei", "zhao"):
        assert reads(other).get("/h/").status_code == 403


AS_OF = ("/h/H0001/", "/o/C2001/loans/", "/o/C2001/stock/", "/o/C2001/disputes/", "/o/C2001/seasons/S25/",
         "/o/C2001/workshops/W1/home/A1/")  # fmt: skip


def test_a_day_that_has_not_been_is_refused_in_the_same_way_everywhere(reads):
    chen = reads("chen")
    for address, asked in itertools.product(AS_OF, ("never", "2026-02-30", "2999-01-01")):
        asks = {"search": "芋", "on": asked, "as": "csv", "after": "x"}
        response = chen.get(address, asks)
        assert response.status_code == 302, "no file of another day"
        assert response["Location"] == f"{address}?search=%E8%8A%8B"
        again = chen.get(address, asks, headers={"HX-Request": "true"})
        assert again["HX-Redirect"] == response["Location"], "what is searched as one types says it too"
        (said, _) = chen.get("/h/H0001/").context["messages"]
        assert str(said) == (
            f"“{asked}” is not a day up to today."
            " Give a day up to today, as 2026-03-31. Here is how things stand today."
        )


def test_the_day_chosen_stays_in_every_link_of_its_list(reads):
    page = reads("chen").get("/h/H0001/?on=2024-12-31&year=2024").content.decode()
    assert "on=2024-12-31" in page
    for name in ("loans", "stock"):
        page = reads("chen").get(f"/o/C2001/{name}/?on=2024-12-31&search=x").content.decode()
        assert 'name="on" type="date" value="2024-12-31"' in page
        assert "?on=2024-12-31&amp;search=x&amp;as=csv" in page
