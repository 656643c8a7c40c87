"""Sealed personal data: seen for a purpose and logged, corrected by two, held, erased when due."""

from datetime import UTC, date, datetime

import pytest

from lianjie.base.acting import Acting, as_acting
from lianjie.facts import keyring, sealing
from lianjie.facts.actions import bank, keys, personal, retention, seal
from lianjie.facts.actions.bank import OwnWork
from lianjie.facts.actions.personal import CorrectionAsked, EnteredAlready, NumberOfAnother, SeeAsked
from lianjie.facts.models import (
    Area,
    Correction,
    Erasure,
    Loan,
    LoanReturn,
    Membership,
    OrderReceiver,
    Party,
    Person,
    PersonalDetail,
    Residence,
    Seen,
)
from lianjie.facts.queries import personal as queries
from lianjie.facts.queries import retention as standing
from lianjie.facts.queries.personal import Scope, SeenFilter
from lianjie.facts.queries.personal_export import everything
from lianjie.facts.rules import personal as rules
from lianjie.facts.rules import retention as terms
from lianjie.facts.rules.personal import PurposeDoesNotCover, PurposeUnknown, PurposeWithoutReason
from tests.support.fill import fill

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
NUMBER, OTHER = "360426199101010071", "11010519491231002X"


class Village:
    """One co-op, one household, one person living in it; two users."""

    def __init__(self, users) -> None:
        self.here = fill(Area, code="360426100001", name="青石岭村", level="village", path="1/")
        self.next = fill(Area, code="360426100002", name="云峰村", level="village", path="2/")
        self.coop = fill(Party, code="COOP", kind="organisation", name="合作社", area=self.here)
        self.home = fill(Party, code="H1", kind="household", name="王大", area=self.here)
        self.wang = fill(Party, code="P1", kind="person", name="王大", area=self.here)
        Person.objects.create(
            party=self.wang,
            id_number_sealed=sealing.seal(NUMBER, sealing.person_row(self.wang.pk)),
            id_number_index=sealing.index(NUMBER),
        )
        self.lives = fill(
            Residence, household=self.home, person=self.wang, organisation=self.coop, relation="head",
            day=date(2015, 1, 1), key="R1",
        )  # fmt: skip
        self.maker = users.create_user("chen")
        self.checker = users.create_user("guo")

    def member(self, until: date | None) -> Membership:
        return fill(
            Membership,
            organisation=self.coop,
            member=self.home,
            day=date(2016, 1, 1),
            until_day=until,
            key="M1",
        )

    def asked(self, field: str, value: str, **other) -> CorrectionAsked:
        given = {"reason": "写错了，见身份证"} | other
        return CorrectionAsked(self.coop.pk, self.wang.pk, field, value, **given)

    def enter(self, field: str, value: str) -> None:
        personal.enter(self.asked(field, value), at=AT, by=self.maker.pk)

    def see(self, purpose: str, *kinds: str, reason: str = "核对银行退回的付款"):
        asked = SeeAsked(self.coop.pk, self.wang.pk, kinds, purpose, reason)
        return personal.see(asked, at=AT, by=self.maker.pk)


@pytest.fixture
def village(django_user_model, settings, tmp_path):
    settings.FIELD_KEY, settings.FIELD_KEY_FILE = "", tmp_path / "field.key"
    settings.FIELD_KEY_FILE.write_text("the-first-secret")
    return Village(django_user_model.objects)


@pytest.mark.both
def test_whoever_sees_a_value_whole_stands_in_the_log(engine, village):
    village.enter("phone", "138 0000-5678")
    with as_acting(Acting(village.maker.pk, "page", "10.0.0.7", "Firefox")):
        assert village.see("payment", "id_number", "phone") == [
            ("id_number", NUMBER),
            ("phone", "13800005678"),
        ]
    rows = list(
        Seen.objects.order_by("pk").values_list("what", "purpose", "address", "party__code", "by__username")
    )
    assert rows == [
        ("id_number phone", "payment", "10.0.0.7", "P1", "chen"),
    ]
    held = {row.kind: row.text for row in queries.held(village.coop.pk, village.wang.pk).rows}
    assert held == {"id_number": "360426********0071", "phone": "****5678"}


@pytest.mark.both
def test_without_purpose_or_reason_nothing_is_seen_and_nothing_logged(engine, village):
    village.enter("health", "disability")
    for purpose, kinds, reason, refused in (
        ("curiosity", ("id_number",), "想看看是谁", PurposeUnknown),
        ("contact", ("id_number",), "想看看是谁", PurposeDoesNotCover),
        ("payment", ("health",), "银行退回", PurposeDoesNotCover),
        ("payment", ("id_number",), " ", PurposeWithoutReason),
    ):
        with pytest.raises(refused):
            village.see(purpose, *kinds, reason=reason)
    assert not Seen.objects.exists()
    assert PersonalDetail.objects.get().index == "", "three reasons of health would be told apart by an index"


@pytest.mark.both
def test_the_village_reads_who_saw_whose_data(engine, village):
    village.enter("phone", "13800005678")
    village.see("contact", "phone", reason="通知开会")
    log = queries.seen(SeenFilter(), Scope(area_path="1/")).rows
    assert [(row.party, row.what, row.reason, row.organisation) for row in log] == [
        ("王大", "phone", "通知开会", "合作社")
    ]
    assert queries.seen(SeenFilter(), Scope(area_path="2/")).rows == ()
    assert len(queries.seen(SeenFilter(search="P1"), Scope(organisation_id=village.coop.pk)).rows) == 1
    assert queries.seen(SeenFilter(since=date(2026, 12, 2)), Scope(area_path="1/")).rows == ()
    assert queries.seen(SeenFilter(organisation="X"), Scope(area_path="1/")).rows == ()
    assert queries.organisations_seeing(Scope(area_path="1/")) == [("COOP", "合作社")]
    seal.seal()
    assert seal.verify() == []


@pytest.mark.both
@pytest.mark.parametrize(
    ("field", "value", "before", "after"),
    [
        ("name", "王大山", "王大", "王大山"),
        ("village", "360426100002", "360426100001", "360426100002"),
        ("id_number", "11010519491231002x", "****", "****"),
        ("birth_day", "1991-01-01", "", "1991-01-01"),
    ],
)
def test_a_correction_takes_two_people_and_keeps_what_was(engine, village, field, value, before, after):
    row = personal.ask(village.asked(field, value), at=AT, by=village.maker.pk)
    assert personal.ask(village.asked(field, value), at=AT, by=village.maker.pk) == row
    if field == "name":
        with pytest.raises(personal.WaitsAlready):
            personal.ask(village.asked("name", "王山"), at=AT, by=village.maker.pk)
    given = {"verdict": "approved", "reason": "", "at": AT}
    with pytest.raises(OwnWork):
        personal.rule(village.coop.pk, row.number, by=village.maker.pk, **given)
    assert not Correction.objects.exists()
    personal.rule(village.coop.pk, row.number, by=village.checker.pk, **given)
    told = Correction.objects.get()
    assert (told.field, told.before, told.after, told.reason) == (field, before, after, "写错了，见身份证")
    village.wang.refresh_from_db()
    assert field != "name" or village.wang.sort_key == "wang da shan"
    assert field != "village" or village.wang.area == village.next
    person = Person.objects.get(pk=village.wang.pk)
    if field == "id_number":
        assert sealing.opened(person.id_number_sealed, sealing.person_row(person.pk)) == OTHER
        assert person.id_number_index == sealing.index(OTHER)
        assert queries.value(row, "before") == NUMBER, "the old number is kept, sealed"
    with pytest.raises(personal.SameAsRegistered):
        personal.ask(village.asked(field, value), at=AT, by=village.maker.pk)


@pytest.mark.both
def test_a_rejected_correction_changes_nothing_and_stays(engine, village):
    row = personal.ask(village.asked("name", "李四"), at=AT, by=village.maker.pk)
    personal.rule(
        village.coop.pk, row.number, verdict="rejected", reason="与身份证不符", at=AT, by=village.checker.pk
    )
    village.wang.refresh_from_db()
    assert village.wang.name == "王大"
    shown = queries.requests(village.coop.pk)[0]
    assert (shown.state, shown.ruled_reason) == ("rejected", "与身份证不符")


@pytest.mark.both
def test_what_does_not_fit_is_refused(engine, village):
    other = fill(Party, code="P2", kind="person", name="李", area=village.here)
    Person.objects.create(party=other, id_number_index=sealing.index(OTHER))
    keys.new(at=AT)
    with pytest.raises(NumberOfAnother, match="P2"):
        personal.ask(village.asked("id_number", OTHER), at=AT, by=village.maker.pk)
    with pytest.raises(rules.NotAnIdNumber):
        personal.ask(village.asked("id_number", "360426199101010072"), at=AT, by=village.maker.pk)
    with pytest.raises(rules.NotAPhone):
        village.enter("phone", "打不通")
    with pytest.raises(rules.NotAHealthReason):
        village.enter("health", "因病")
    village.enter("phone", "0797-1234567")
    with pytest.raises(EnteredAlready):
        village.enter("phone", "0797-7654321")
    asked = CorrectionAsked(village.coop.pk, village.home.pk, "id_number", NUMBER, "写错了，见证件")
    with pytest.raises(personal.NotOfThisKind):
        personal.ask(asked, at=AT, by=village.maker.pk)


@pytest.mark.both
def test_the_household_moves_with_the_people_living_in_it(engine, village):
    asked = CorrectionAsked(village.coop.pk, village.home.pk, "village", "360426100002", "分村后登记有误")
    row = personal.ask(asked, at=AT, by=village.maker.pk)
    personal.rule(village.coop.pk, row.number, verdict="approved", reason="", at=AT, by=village.checker.pk)
    assert {party.area for party in Party.objects.filter(code__in=("H1", "P1"))} == {village.next}


@pytest.mark.both
def test_details_and_corrections_turn_with_the_keys(engine, village):
    village.enter("phone", "13800005678")
    village.enter("health", "serious_illness")
    row = personal.ask(village.asked("phone", "13900001234"), at=AT, by=village.maker.pk)
    seal.seal()
    keys.new(at=AT)
    keys.reseal()
    assert list(keys.in_use()) == [keyring.ring().newest.id]
    assert seal.verify() == []
    row.refresh_from_db()
    assert (queries.value(row, "before"), queries.value(row, "after")) == ("13800005678", "13900001234")
    assert village.see("assistance", "health", "phone", reason="制定帮扶措施") == [
        ("health", "serious_illness"), ("phone", "13800005678")
    ]  # fmt: skip
    assert PersonalDetail.objects.get(kind="health").index == ""


@pytest.mark.both
def test_everything_held_is_taken_along_and_nothing_sealed_is_in_it(engine, village):
    village.member(None)
    village.enter("phone", "13800005678")
    village.see("contact", "phone", reason="通知开会")
    asked = SeeAsked(village.coop.pk, village.wang.pk, (), "own_request", "本人要求复制")
    opened = personal.take_everything(asked, at=AT, by=village.maker.pk)
    tables = {each.name: each for each in everything(village.wang.pk, dict(opened))}
    assert {"registered", "residence", "personaldetail", "seen"} <= tables.keys()
    registered = dict(zip(tables["registered"].columns, tables["registered"].rows[0], strict=True))
    assert (registered["name"], registered["id_number"], registered["phone"]) == (
        "王大",
        NUMBER,
        "13800005678",
    )
    assert [row[tables["seen"].columns.index("what")] for row in tables["seen"].rows] == ["phone", "person"]
    assert "sealed" not in " ".join(column for each in tables.values() for column in each.columns)
    home = {each.name for each in everything(village.home.pk, {})}
    assert {"membership", "residence"} <= home


@pytest.mark.both
def test_what_hangs_on_a_fact_about_somebody_is_taken_along(engine, village):
    """What came back of a loan names the loan and nobody: it was left out."""
    mine, other = (
        fill(Loan, borrower=party, key=party.code, due_day=date(2099, 1, 1))
        for party in (village.home, village.wang)
    )
    back = fill(LoanReturn, loan=mine, key="B1")
    fill(LoanReturn, loan=other, key="B2")
    (returns,) = [each for each in everything(village.home.pk, {}) if each.name == "loanreturn"]
    assert [row[returns.columns.index("key")] for row in returns.rows] == [back.key]


YEARS_AGO_4, YEARS_AGO_31 = date(2022, 11, 1), date(1995, 11, 1)


@pytest.mark.both
def test_nothing_is_due_while_a_tie_runs(engine, village):
    village.member(None)
    village.enter("phone", "13800005678")
    assert list(standing.due(date(2090, 1, 1))) == []


@pytest.mark.both
def test_after_three_years_phone_and_health_go_and_the_number_stays_for_the_archives(engine, village):
    village.member(YEARS_AGO_4)
    village.enter("phone", "13800005678")
    village.enter("health", "disability")
    seal.seal()
    due = list(standing.due(AT.date()))
    assert [(each.kind, each.code, each.due_day) for each in due] == [
        ("phone", "P1", date(2025, 11, 1)), ("health", "P1", date(2025, 11, 1))
    ]  # fmt: skip
    retention.overwrite()
    assert sum(retention.erase(each, at=AT) for each in due) == 2
    assert list(standing.due(AT.date())) == []
    assert seal.verify() == [], "the rows and their digests stay as they were sealed"
    phone = PersonalDetail.objects.get(kind="phone")
    assert (phone.sealed, phone.index, phone.end) == (None, "", "")
    assert "Civil Code, art. 188" in Erasure.objects.first().source
    states = {row.kind: row.state for row in queries.held(village.coop.pk, village.wang.pk).rows}
    assert states == {"id_number": "kept", "phone": "erased", "health": "erased"}
    assert Membership.objects.count() == 1, "what was booked stays"
    in_time = list(standing.due(date(2052, 11, 1)))
    assert [(each.kind, each.due_day) for each in in_time] == [("id_number", date(2052, 11, 1))]


def lifted(village, hold) -> None:
    """One asks, another agrees."""
    personal.ask_lift(village.coop.pk, hold.pk, reason="已结案", at=AT, by=village.checker.pk)
    given = {"verdict": "approved", "reason": "", "at": AT}
    with pytest.raises(bank.OwnWork):
        personal.rule_lift(village.coop.pk, hold.pk, by=village.checker.pk, **given)
    personal.rule_lift(village.coop.pk, hold.pk, by=village.maker.pk, **given)


@pytest.mark.both
def test_a_hold_keeps_everything_until_it_is_lifted(engine, village):
    village.member(YEARS_AGO_4)
    village.enter("phone", "13800005678")
    whole = personal.hold(
        village.coop.pk, None, why="县纪委来函〔2026〕7号", until_day=None, at=AT, by=village.checker.pk
    )
    one = personal.hold(
        village.coop.pk, village.home.pk, why="土地纠纷诉讼", until_day=None, at=AT, by=village.checker.pk
    )
    (due,) = standing.due(AT.date())
    assert due.held_back == "县纪委来函〔2026〕7号"
    assert retention.erase(due, at=AT) == 0
    lifted(village, whole)
    assert retention.erase(due, at=AT) == 0, "the household's own hold still stands"
    lifted(village, one)
    assert retention.erase(due, at=AT) == 1


@pytest.mark.both
def test_corrections_and_receivers_are_erased_three_years_after(engine, village):
    row = personal.ask(village.asked("name", "王大山"), at=AT, by=village.maker.pk)
    personal.rule(village.coop.pk, row.number, verdict="approved", reason="", at=AT, by=village.checker.pk)
    OrderReceiver.objects.create(organisation=village.coop, order_key="CH:1", sealed=b"x", kept_at=AT)
    assert list(standing.due(date(2029, 11, 29))) == []
    due = list(standing.due(date(2029, 11, 30)))
    assert [(each.kind, each.code) for each in due] == [("receivers", "COOP"), ("correction", "P1")]
    then = datetime(2029, 11, 30, 9, tzinfo=UTC)
    assert [retention.erase(each, at=then) for each in due] == [1, 2]
    row.refresh_from_db()
    assert (row.before_sealed, row.after_sealed) == (None, None)
    assert Correction.objects.get().before == "王大", "the correction of the name itself stays"


def test_a_term_shorter_than_the_accounting_archives_stops():
    from lianjie.facts import parameters

    text = parameters.text("retention")
    assert terms.terms(text, date(2026, 1, 1))["id_number"].years == 30
    with pytest.raises(ValueError, match="30 years at least"):
        terms.terms(text.replace("years = 30\nsince", "years = 10\nsince"), date(2026, 1, 1))


def test_purposes_open_only_what_they_need():
    from lianjie.facts import parameters

    found = {each.code: each for each in rules.purposes(parameters.text("purposes"), date(2026, 1, 1))}
    assert found["contact"].kinds == ("phone",)
    assert "health" not in found["payment"].kinds
    assert rules.purposes(parameters.text("purposes"), date(2021, 10, 31)) == ()
