"""Who is on an organisation's lists, and the words each is found by: kept by the database whoever writes."""

import pytest
from django.db import connection

from lianjie.facts import listed as triggers
from lianjie.facts.models import Contribution, Listed, Party, Sought
from lianjie.facts.queries.listed import spelled
from tests.pages.world import build
from tests.support.fill import fill

pytestmark = pytest.mark.both


@pytest.fixture
def coop(engine):
    return build(households=6).coop


def expected() -> set[tuple[int, int]]:
    """Organisation and party of every fact that puts a party on a list."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ".join(
                f"SELECT organisation_id, {column} FROM {table}" for table, column in triggers.TIES.items()
            )
        )
        return set(cursor.fetchall())


def found(coop: Party, text: str) -> set[str]:
    rows = Listed.objects.filter(spelled(coop.pk, text, "party_id"), organisation=coop)
    return set(rows.values_list("party__code", flat=True))


def test_whoever_has_standing_land_crop_people_or_status_is_listed_once_with_its_capital(coop):
    assert set(Listed.objects.values_list("organisation_id", "party_id")) == expected()
    for row in Listed.objects.select_related("party"):
        paid = Contribution.objects.current().filter(
            organisation_id=row.organisation_id, member_id=row.party_id
        )
        assert row.capital_fen == sum(paid.values_list("amount_fen", flat=True))
        of = row.party
        assert (row.kind, row.code, row.sort_key, row.area_id) == (of.kind, of.code, of.sort_key, of.area_id)


def test_a_table_that_lists_has_its_trigger(coop):
    for table in triggers.TIES:
        model = next(m for m in Party._meta.apps.get_models() if m._meta.db_table == table)
        column = triggers.TIES[table].removesuffix("_id")
        party = fill(Party, code=f"NEW-{model._meta.model_name}", kind="household")
        fill(model, organisation=coop, key=f"new-{table}", **{column: party})
        assert Listed.objects.filter(organisation=coop, party=party).count() == 1, table


def test_capital_follows_what_is_paid_corrected_and_moved_to_another(coop):
    first, second = Listed.objects.filter(organisation=coop, kind="household").order_by("pk")[:2]
    before = first.capital_fen, second.capital_fen
    one = fill(Contribution, organisation=coop, member_id=first.party_id, key="x", amount_fen=500)
    assert Listed.objects.get(pk=first.pk).capital_fen == before[0] + 500
    two = fill(
        Contribution, organisation=coop, member_id=second.party_id, key="x~2", amount_fen=700, corrects=one
    )
    assert Listed.objects.get(pk=first.pk).capital_fen == before[0]
    assert Listed.objects.get(pk=second.pk).capital_fen == before[1] + 700
    fill(
        Contribution, organisation=coop, member_id=second.party_id, key="x~3", amount_fen=700, corrects=two,
        withdrawn=True,
    )  # fmt: skip
    assert Listed.objects.get(pk=second.pk).capital_fen == before[1]


def test_a_party_is_found_by_name_code_and_pinyin_and_by_the_new_ones_once_renamed(coop):
    party = Listed.objects.filter(organisation=coop, kind="household").earliest("pk").party
    party.name, party.sort_key, party.code = "欧阳建国", "ou yang jian guo", "Zz-77"
    party.save()
    row = Listed.objects.get(organisation=coop, party=party)
    assert (row.code, row.sort_key) == ("Zz-77", "ou yang jian guo")
    for text in ("欧阳", "建国", "国", "zz-7", "ZZ", "ouyang", "ou yang j", "oyjg", "oyj", "jianguo", "Guo"):
        assert "Zz-77" in found(coop, text), text
    for text in ("欧国", "z-77", "yjg", "angji", "没有"):
        assert "Zz-77" not in found(coop, text), text
    assert Sought.objects.filter(party=party, organisation=coop).count() == 4 + 1 + 4 + 1


def test_what_was_entered_before_the_triggers_is_listed_alike(coop):
    kept = list(
        Listed.objects.order_by("organisation", "party").values_list("organisation", "party", "capital_fen")
    )
    words = Sought.objects.count()
    Sought.objects.all().delete()
    Listed.objects.all().delete()
    triggers.fill(connection)
    again = Listed.objects.order_by("organisation", "party").values_list(
        "organisation", "party", "capital_fen"
    )
    assert list(again) == kept
    assert Sought.objects.count() == words


def test_many_hits_are_walked_and_few_named(coop, monkeypatch):
    few = found(coop, "h")
    monkeypatch.setattr("lianjie.facts.queries.listed.FEW", 1)
    assert found(coop, "h") == few != set()
