"""The pages on which a year is settled: who may open and press what, what is refused and where."""

import re
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianjie.facts.models import Assignment, Party
from lianjie.ledger.models import Allotment, Entry, Settlement
from lianjie.ledger.queries import settlements
from tests.ledger import coop

pytestmark = [pytest.mark.django_db, pytest.mark.mission("S1", "S4")]
WAY = "/o/COOP/settlements/2025/1/"
ROLES = ("accountant", "chair", "supervisor", "member")


@pytest.fixture
def made():
    return coop.make()


@pytest.fixture
def as_(made):
    """Role -> a client signed in; "outsider" has no role here."""

    def sign_in(role: str) -> Client:
        user, fresh = get_user_model().objects.get_or_create(username=role)
        if fresh and role in ROLES:
            home = Party.objects.get(code="COOP-H1") if role == "member" else None
            Assignment.objects.create(
                user=user, role=role, organisation=made, party=home, start_day=date(2020, 1, 1)
            )
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def now(made) -> settlements.SettlementRow:
    found = settlements.list_of(made.pk)
    return found[0]


def begun(made, as_) -> Client:
    client = as_("accountant")
    plan = settlements.plans(made.pk)[0]
    assert client.post("/o/COOP/settlements/", {"year": 2025, "plan": plan.id}).status_code == 302
    client.post(f"{WAY}trial/")
    return client


def accepted(made, client: Client) -> None:
    for finding in settlements.worked(now(made)).open_findings:
        sent = {"person_name": "李会计", "reason": "成员大会已知悉"}
        assert client.post(f"{WAY}findings/{finding.key}/", sent).status_code == 302


def disclosed(made, as_, days_ago: int = 30) -> Client:
    client = begun(made, as_)
    accepted(made, client)
    day = (date.today() - timedelta(days=days_ago)).isoformat()
    digest = settlements.worked(now(made)).outcome.digest
    answer = client.post(f"{WAY}disclosing/", {"day": day, "digest": digest})
    assert answer.status_code == 302, answer.content.decode()
    return client


VOTE = {"resolution": "2026-1/1"}


def voted(made) -> dict[str, str]:
    """The assembly met today and adopted the settlement."""
    number = f"2026-{settlements.next_round(made.pk, 2025)}"
    return {"resolution": coop.resolved(made, date.today(), number=number)}


def posted(made, as_) -> Client:
    client = disclosed(made, as_)
    assert as_("chair").post(f"{WAY}decision/", voted(made)).status_code == 302
    assert client.post(f"{WAY}booking/", {"day": date.today().isoformat()}).status_code == 302
    return client


@pytest.mark.both
def test_the_whole_way_on_pages_leaves_everyone_paid(made, as_):
    client = posted(made, as_)
    sent = {"method": "bank", "day": date.today().isoformat(), "evidence": "回单 1", "all": "1"}
    assert client.post(f"{WAY}payments/", sent).status_code == 302
    assert client.post(f"{WAY}closing/").status_code == 302
    assert now(made).state == "paid"
    assert client.post(f"{WAY}closing/").status_code == 302
    assert now(made).state == "closed"
    page = client.get(WAY).content.decode()
    assert "回单" not in page
    assert "Withdraw" not in page
    assert "Reverse" in page


def test_a_trial_page_proves_that_the_parts_add_up_and_writes_nothing(made, as_):
    client = begun(made, as_)
    before = Entry.objects.count()
    page = client.get(f"{WAY}trial/").content.decode()
    assert "100,000.01 = 100,000.01" in page
    assert "adds up" in page
    assert "COOP-H4" not in page
    assert Entry.objects.count() == before
    assert not Allotment.objects.exists()


def test_a_search_and_a_sort_narrow_the_table_but_not_its_sums(made, as_):
    client = begun(made, as_)
    page = client.get(f"{WAY}trial/", {"search": "H2"}).content.decode()
    assert "COOP-H2" in page
    assert "COOP-H1" not in page
    total = f"{sum(settlements.worked(now(made)).outcome.totals.values()) / 100:,.2f}"
    assert total in page
    first = client.get(f"{WAY}trial/", {"sort": "least"}).content.decode()
    assert first.index("COOP-H3") < first.index("COOP-H1")


def test_the_exported_table_adds_up_to_the_fen(made, as_):
    client = begun(made, as_)
    text = b"".join(client.get(f"{WAY}trial/", {"as": "csv"}).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = [line.split(",") for line in text.strip().splitlines()]
    assert lines[-1][0] == "Total"
    cents = [round(float(line[-1]) * 100) for line in lines[1:]]
    assert sum(cents[:-1]) == cents[-1] == sum(settlements.worked(now(made)).outcome.totals.values())


def test_a_comparison_shows_who_gains_and_writes_nothing(made, as_):
    client = begun(made, as_)
    before = Settlement.objects.values().get()
    page = client.get(f"{WAY}comparison/", {"step.patronage.percent": "80"}).content.decode()
    assert "Who gains, who loses" in page
    assert "now 65" in page
    drawn = client.get(f"{WAY}comparison.svg", {"step.patronage.percent": "80"})
    assert drawn["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawn.content
    text = b"".join(
        client.get(f"{WAY}comparison/", {"step.patronage.percent": "80", "as": "csv"}).streaming_content  # type: ignore[attr-defined]
    ).decode("utf-8-sig")
    differences = [round(float(line.split(",")[-1]) * 100) for line in text.strip().splitlines()[1:]]
    assert sum(differences) == 0
    assert any(differences)
    assert Settlement.objects.values().get() == before


def test_a_number_that_is_none_is_refused_at_the_comparison(made, as_):
    client = begun(made, as_)
    answer = client.get(f"{WAY}comparison/", {"step.patronage.percent": "siebzig"})
    assert answer.status_code == 422
    assert "“siebzig” is not a number" in answer.content.decode()


def test_what_is_missing_is_said_by_name(made, as_):
    client = begun(made, as_)
    text = settlements.plans(made.pk)[0].text.replace('name = "surplus"', 'name = "grain_bonus"').replace(
        '"surplus"', '"grain_bonus"').replace("surplus - reserve", "grain_bonus - reserve")  # fmt: skip
    kept = client.post("/o/COOP/plans/editor/", {"text": text, "keep": "1"})
    assert kept.status_code == 302, kept.content.decode()
    plan = settlements.plans(made.pk)[0]
    assert client.post(f"{WAY}plan/", {"plan": plan.id}).status_code == 302
    answer = client.get(f"{WAY}trial/")
    assert answer.status_code == 422
    assert "The figure “grain_bonus”" in answer.content.decode()


def test_disclosing_another_result_than_the_one_shown_is_refused(made, as_):
    client = begun(made, as_)
    accepted(made, client)
    answer = client.post(f"{WAY}disclosing/", {"day": date.today().isoformat(), "digest": "0" * 64})
    assert answer.status_code == 422
    assert "changed after this trial was shown" in answer.content.decode()
    assert now(made).state == "trial"


def test_a_vote_too_early_is_refused_with_the_day_and_the_law(made, as_):
    disclosed(made, as_, days_ago=0)
    answer = as_("chair").post(f"{WAY}decision/", voted(made))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "the assembly may decide it from" in page
    assert now(made).state == "disclosed"


def test_an_objection_is_raised_by_the_household_answered_by_name_and_stops_the_booking(made, as_):
    client = disclosed(made, as_)
    member = as_("member")
    sent = {"party": "COOP-H1", "step": "patronage", "text": "少了一张磅单"}
    assert member.post(f"{WAY}objections/", sent).status_code == 302
    other = member.post(f"{WAY}objections/", sent | {"party": "COOP-H2"})
    assert other.status_code == 200
    assert settlements.objections_open(now(made).id) == 1
    as_("chair").post(f"{WAY}decision/", voted(made))
    refused = client.post(f"{WAY}booking/", {"day": date.today().isoformat()})
    assert refused.status_code == 422
    assert "Objections without an answer: 1." in refused.content.decode()
    number = re.search(r"objections/(\d+)/", as_("chair").get(f"{WAY}objections/").content.decode())
    assert number
    answer = {"outcome": "explained", "text": "已在内", "person_name": "李会计"}
    assert member.post(f"{WAY}objections/{number[1]}/", answer).status_code == 403
    by_its_maker = client.post(f"{WAY}objections/{number[1]}/", answer)
    assert by_its_maker.status_code == 422
    assert "Whoever made the settlement does not answer" in by_its_maker.content.decode()
    assert as_("chair").post(f"{WAY}objections/{number[1]}/", answer).status_code == 302
    assert client.post(f"{WAY}booking/", {"day": date.today().isoformat()}).status_code == 302
    assert "已在内" in member.get("/o/COOP/statements/COOP-H1/2025/").content.decode()


def test_a_statement_is_the_households_own_and_only_once_disclosed(made, as_):
    begun(made, as_)
    member = as_("member")
    before = member.get("/o/COOP/statements/COOP-H1/2025/").content.decode()
    assert "Nothing has been disclosed for this year yet" in before
    assert member.get(f"{WAY}files/statements/COOP-H1.pdf").status_code == 404
    assert member.get("/o/COOP/disclosure/2025/1/").status_code == 404
    client = as_("accountant")
    accepted(made, client)
    sent = {"day": date.today().isoformat(), "digest": settlements.worked(now(made)).outcome.digest}
    client.post(f"{WAY}disclosing/", sent)
    page = member.get("/o/COOP/statements/COOP-H1/2025/").content.decode()
    mine = settlements.worked(now(made)).outcome.totals["COOP-H1"]
    assert f"{mine / 100:,.2f}" in page
    assert "Why exactly that much" in page
    assert member.get("/o/COOP/statements/COOP-H2/2025/").status_code == 404
    pdf = member.get(f"{WAY}files/statements/COOP-H1.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert member.get(f"{WAY}files/statements/COOP-H2.pdf").status_code == 404


def test_a_program_is_told_the_same_as_a_reader(made, as_):
    """The statement with its reasons, the lines and their sum; a member only what is disclosed."""
    client = begun(made, as_)
    member, statement = as_("member"), "/api/o/COOP/statements/COOP-H1/2025/"
    assert member.get(statement).status_code == 404
    assert member.get(f"/api{WAY}").status_code == 403
    accepted(made, client)
    worked = settlements.worked(now(made))
    sent = {"day": date.today().isoformat(), "digest": worked.outcome.digest}
    assert client.post(f"{WAY}disclosing/", sent).status_code == 302
    told = member.get(statement).json()
    page = member.get(statement.removeprefix("/api")).context["statement"]
    assert told["total_fen"] == worked.outcome.totals["COOP-H1"] == page.total_fen
    assert sum(line["amount_fen"] for line in told["lines"] if not line["memo"]) == told["total_fen"]
    assert [line["sentences"] for line in told["lines"]] == [
        list(each.line.sentences)
        for each in (*(each for stream in page.streams for each in stream.reasons), *page.memos)
    ]
    lines = client.get(f"/api{WAY}trial/").json()
    assert (
        lines["total_fen"]
        == sum(worked.outcome.totals.values())
        == sum(r["total_fen"] for r in lines["rows"])
    )
    for row in lines["rows"]:
        assert sum(row["by_step"].values()) == row["total_fen"] == worked.outcome.totals[row["party"]]
    whole = client.get(f"/api{WAY}").json()
    assert whole["to_households_fen"] == lines["total_fen"]
    assert member.get("/api/o/COOP/statements/COOP-H2/2025/").status_code == 404


def test_the_journal_of_a_program_balances_and_is_its_trial_balance(made, as_):
    client, sums, after = posted(made, as_), {}, ""
    while True:
        page = client.get("/api/o/COOP/journal/", {"after": after, "limit": 3}).json()
        for entry in page["rows"]:
            assert sum(each["debit_fen"] - each["credit_fen"] for each in entry["postings"]) == 0
            assert entry["more"] == 0
            for each in entry["postings"]:
                if not each["good"]:
                    debit, credit = sums.get(each["account"], (0, 0))
                    sums[each["account"]] = (debit + each["debit_fen"], credit + each["credit_fen"])
        after = page["next_after"]
        if not after:
            break
    year = {}
    for asked in {entry.day.year for entry in Entry.objects.all()}:
        for row in client.get("/api/o/COOP/trial-balance/", {"year": asked}).json()["rows"]:
            debit, credit = year.get(row["account"], (0, 0))
            year[row["account"]] = (debit + row["debit"], credit + row["credit"])
    assert {account: both for account, both in year.items() if any(both)} == sums


def test_who_gets_nothing_is_told_why(made, as_):
    disclosed(made, as_)
    page = as_("accountant").get("/o/COOP/statements/COOP-H4/2025/").content.decode()
    assert "Why nothing from the other steps" in page
    assert "Patronage refund" in page


def test_the_posted_list_masks_names_and_shows_no_codes(made, as_):
    disclosed(made, as_)
    page = as_("member").get("/o/COOP/disclosure/2025/1/").content.decode()
    table = page[page.index("<table") : page.index("</table>")]
    assert "王**" in table
    assert "王H" not in table
    assert "COOP-H" not in table


MAY = {
    # page: who may open it
    "/o/COOP/settlements/": "accountant chair supervisor member",
    WAY: "accountant chair supervisor",
    f"{WAY}trial/": "accountant chair supervisor",
    f"{WAY}comparison/": "accountant chair supervisor",
    f"{WAY}disclosing/": "accountant chair",
    f"{WAY}booking/": "accountant chair supervisor",
    f"{WAY}payments/": "accountant chair supervisor",
    f"{WAY}payments/list/": "accountant chair supervisor",
    f"{WAY}withdrawal/": "accountant chair",
    f"{WAY}reversal/": "accountant chair",
    f"{WAY}files/": "accountant chair supervisor",
    f"{WAY}files/all.zip": "accountant chair supervisor",
    f"{WAY}files/statements.pdf": "accountant chair supervisor",
    f"{WAY}files/settlement.json": "accountant chair supervisor",
    f"{WAY}files/notice.pdf": "accountant chair supervisor member",
    f"{WAY}objections/": "accountant chair supervisor member",
    "/o/COOP/disclosure/2025/1/": "accountant chair supervisor member",
    "/o/COOP/plans/": "accountant chair supervisor member",
    "/o/COOP/plans/apple/1/": "accountant chair supervisor member",
    "/o/COOP/plans/editor/": "accountant chair",
    "/o/COOP/journal/": "accountant chair supervisor",
    "/o/COOP/journal/?as=hledger": "accountant chair supervisor",
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_it_may_and_nothing_else(made, as_, role):
    disclosed(made, as_)
    client = as_(role)
    for path, allowed in MAY.items():
        wanted = 200 if role in allowed.split() else 403
        answer = client.get(path)
        if answer.streaming:
            assert zipfile.is_zipfile(BytesIO(b"".join(answer.streaming_content)))
        assert answer.status_code == wanted, (role, path)


def test_an_outsider_finds_nothing(made, as_):
    disclosed(made, as_)
    client = as_("outsider")
    assert {client.get(path).status_code for path in MAY} == {404}


@pytest.mark.parametrize("page", ["disclosing", "decision", "booking", "payments", "closing", "withdrawal"])
def test_a_supervisor_looks_but_presses_nothing(made, as_, page):
    disclosed(made, as_)
    before = now(made)
    sent = VOTE | {"day": date.today().isoformat(), "reason": "x", "method": "bank", "evidence": "x"}
    assert as_("supervisor").post(f"{WAY}{page}/", sent).status_code == 403
    assert now(made) == before


def test_withdrawing_and_reversing_ask_for_a_reason_and_free_the_year(made, as_):
    client = posted(made, as_)
    assert client.post(f"{WAY}reversal/", {"day": date.today().isoformat(), "reason": ""}).status_code == 200
    assert now(made).state == "posted"
    sent = {"day": date.today().isoformat(), "reason": "称重单重复"}
    assert client.post(f"{WAY}reversal/", sent).status_code == 302
    assert "称重单重复" in client.get(WAY).content.decode()
    plan = settlements.plans(made.pk)[0]
    assert client.post("/o/COOP/settlements/", {"year": 2025, "plan": plan.id}).status_code == 302
    assert now(made).round == 2


def test_a_second_settlement_of_the_same_year_is_refused_on_the_page(made, as_):
    client = begun(made, as_)
    plan = settlements.plans(made.pk)[0]
    answer = client.post("/o/COOP/settlements/", {"year": 2025, "plan": plan.id})
    assert answer.status_code == 422
    assert "is already being settled" in answer.content.decode()


@pytest.mark.both
def test_the_journal_is_searched_by_account_name_and_text_page_by_page(made, as_):
    client = posted(made, as_)
    whole = client.get("/o/COOP/journal/").content.decode()
    assert "settlement:2025.1:patronage" in whole
    found = client.get("/o/COOP/journal/", {"search": "COOP-H2"}).content.decode()
    assert "settlement:2025.1:patronage" in found
    assert "settlement:2025.1:reserve" not in found
    by_account = client.get("/o/COOP/journal/", {"search": "322"}).content.decode()
    assert "settlement:2025.1:reserve" in by_account
    assert "settlement:2025.1:patronage" not in by_account
    assert "settlement:" not in client.get("/o/COOP/journal/", {"year": "2024"}).content.decode()
    text = client.get("/o/COOP/journal/", {"as": "beancount"}).content.decode()
    assert 'option "operating_currency" "CNY"' in text


def test_a_trial_asks_the_database_a_bounded_number_of_questions(made, as_, django_assert_max_num_queries):
    client = begun(made, as_)
    with django_assert_max_num_queries(45):
        client.get(f"{WAY}trial/")


class TestEditor:
    """The plan editor."""

    def test_a_number_changed_in_its_field_becomes_the_next_version(self, made, as_):
        client = as_("accountant")
        text = settlements.plans(made.pk)[0].text
        sent = {"text": text, "keep": "1", "adopted_by": "2026-3"}
        sent |= {"new:step.patronage.percent": "70", "was:step.patronage.percent": "65"}
        sent |= {"new:plan.version": "2", "was:plan.version": "1"}
        answer = client.post("/o/COOP/plans/editor/", sent)
        assert answer.status_code == 302
        assert answer["Location"].endswith("/plans/apple/2/")
        kept = settlements.plans(made.pk)[0]
        assert kept.rules.step("patronage").percent == "70"
        assert kept.adopted_by == "2026-3"
        seen = client.get("/o/COOP/plans/apple/2/differences/1/").content.decode()
        assert "70" in seen[seen.index("<ins>") : seen.rindex("</ins>")]

    def test_the_clause_follows_what_is_typed_and_keeps_nothing(self, made, as_):
        client = as_("accountant")
        text = settlements.plans(made.pk)[0].text
        sent = {"text": text, "new:step.patronage.percent": "72", "was:step.patronage.percent": "65"}
        page = client.post("/o/COOP/plans/editor/live/", sent).content.decode()
        assert "72%" in page
        assert len(settlements.plans(made.pk)) == 1

    def test_every_problem_of_a_text_is_shown_with_its_place(self, made, as_):
        client = as_("accountant")
        text = settlements.plans(made.pk)[0].text
        broken = text.replace('percent = "65"', 'percent = "65%"').replace('by = "contribution"', 'bye = "x"')
        answer = client.post("/o/COOP/plans/editor/", {"text": broken, "keep": "1"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "step “patronage”: percent" in page
        assert "“bye” is not a word of the plan language" in page
        assert len(settlements.plans(made.pk)) == 1

    def test_a_file_is_read_into_the_editor_before_it_is_kept(self, made, as_):
        text = settlements.plans(made.pk)[0].text.replace("Apple co-op plan", "Plum co-op plan")
        file = SimpleUploadedFile("plan.toml", text.encode())
        page = as_("accountant").post("/o/COOP/plans/editor/", {"file": file}).content.decode()
        assert "Plum co-op plan" in page
        assert len(settlements.plans(made.pk)) == 1
