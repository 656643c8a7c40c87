"""A season on the pages: plan, work done or late, weighing in, the receipt, a dispute answered: P1."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from lianjie.facts.models import Delivery, WeighIn
from lianjie.ledger.models import Posting

pytestmark = [pytest.mark.both, pytest.mark.mission("P1")]
BASE = "/o/C2001/"
SEASON = {
    "number": "S25",
    "good": "白术",
    "variety": "",
    "day": "2025-03-01",
    "last_day": "2025-10-31",
    "target": "30000",
    "plots": "",
    "protocol": "T1 | 移栽 | 2025-03-10 | 2025-03-31 | 基肥 200 公斤/亩 | 1.5\n"
    "T2 | 除草 | 2025-05-01 | 2025-05-20",
    "moisture": "14",
    "impurity": "1",
    "evidence": "",
}
LOAD = {
    "plot": "A1",
    "receipt": "W1",
    "gross": "105",
    "tare": "5",
    "moisture": "18",
    "impurity": "2",
    "grade": "一等",
    "price": "30",
    "day": "2025-10-02",
    "weighed_by": "林秋月",
}


@pytest.fixture
def planned(reads, world):
    chen = reads("chen")
    new = chen.post(f"{BASE}bases/new/", {"base": "JD1", "name": "东坡基地", "day": "2025-01-10"})
    assert new.status_code == 302
    for plot, home in (("A1", world.home), ("A2", world.neighbour)):
        said = {"plot": plot, "household": home.code, "mu": "12.5", "parcel": "", "day": "2025-01-10"}
        assert chen.post(f"{BASE}bases/JD1/plots/", said).status_code == 302
    assert chen.post(f"{BASE}bases/JD1/seasons/", SEASON).status_code == 302
    return chen


def weighed(chen, **changed):
    return chen.post(f"{BASE}seasons/S25/weigh-in/", LOAD | changed)


def test_work_done_on_many_plots_and_what_is_late(planned):
    said = {"step": "T1", "plots": ["A1", "A2"], "day": "2025-03-20", "done_by": "林秋月", "evidence": "照片"}
    assert planned.post(f"{BASE}seasons/S25/done/", said).status_code == 302

    def states(on: str) -> list[list[str]]:
        found = planned.get(f"{BASE}seasons/S25/?on={on}").context["season"]
        return [[state for _, state, _ in line.steps] for line in found.lines]

    assert states("2025-03-19") == [["now", "ahead"], ["now", "ahead"]]
    assert states("2025-06-01") == [["done", "late"], ["done", "late"]]
    page = planned.get(f"{BASE}seasons/S25/?on=2025-06-01").content.decode()
    assert ">late<" in page
    assert ">done<" in page


def test_a_changed_plan_holds_what_is_entered_of_its_season(planned):
    """The plan may change around what was done and weighed in, and may not leave it out."""
    first, second = SEASON["protocol"].split("\n")

    def change(**changed):
        return planned.post(f"{BASE}seasons/S25/change/", SEASON | {"reason": "改方案"} | changed)

    assert change(good="黄精", protocol=second, plots="A1").status_code == 302, "nothing is entered of it yet"
    assert change().status_code == 302
    said = {"step": "T1", "plots": ["A2"], "day": "2025-03-20", "done_by": "林秋月", "evidence": ""}
    assert planned.post(f"{BASE}seasons/S25/done/", said).status_code == 302
    assert weighed(planned).status_code == 302
    for changed, words in (
        ({"good": "黄精"}, "it cannot become one of 黄精"),
        ({"last_day": "2025-10-01"}, "weighed in on 2025-10-02, outside"),
        ({"plots": "A1"}, "On plot A2 work, an estimate or a load"),
        ({"protocol": second}, "Step T1 of season S25 is entered as done"),
    ):
        answer = change(**changed)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert change(target="40000", protocol=first, variety="一号").status_code == 302
    assert planned.get(f"{BASE}seasons/S25/").context["season"].target_grams == 40_000_000


def test_a_load_is_weighed_in_the_receipt_shown_and_the_crop_booked(planned, world):
    answer = weighed(planned)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{BASE}receipts/2025-W1/"
    page = planned.get(answer.headers["Location"]).content.decode()
    # 100 kg, less 1 % impurity: 99 kg; dry matter of 82 % at 14 % moisture: 99 x 82 / 86 = 94.395 kg
    assert "94.395" in page
    row = Delivery.objects.get(receipt="W1")
    assert (row.grams, row.amount_fen, row.household_id) == (94_395, 283_185, world.home.pk)
    booked = Posting.objects.filter(party=world.home, entry__source="delivery:2025-W1")
    assert sum(each.amount_fen for each in booked if each.amount_fen < 0) == -283_185
    text = planned.get(answer.headers["Location"] + "?as=txt").content.decode()
    assert "94.395" in text
    assert "<" not in text
    assert "2025-W1" in planned.get(f"{BASE}members/{world.home.code}/").content.decode()


def test_the_same_load_twice_is_one_and_another_on_its_receipt_is_refused(planned):
    assert weighed(planned).status_code == 302
    assert weighed(planned).status_code == 302
    assert WeighIn.objects.count() == 1
    answer = weighed(planned, gross="205")
    assert answer.status_code == 422
    assert "already entered" in answer.content.decode()
    assert Delivery.objects.filter(receipt="W1").count() == 1
    twice = planned.post(f"{BASE}seasons/S25/weigh-in/", LOAD | {"receipt": "W2"}, follow=True)
    assert "Receipt W1 says the same weights of the same plot and day" in twice.content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tare": "105"}, "above the tare"),
        ({"day": "2025-11-01"}, "outside season S25"),
        ({"moisture": "100"}, "less than 100 percent"),
    ],
)
def test_a_load_that_cannot_be_is_refused(planned, changed, said):
    before = Delivery.objects.count()
    answer = weighed(planned, **changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Delivery.objects.count() == before


def test_a_harvest_is_not_weighed_before_its_day(planned):
    later = {"number": "S99", "day": "2099-03-01", "last_day": "2099-10-31", "protocol": ""}
    assert planned.post(f"{BASE}bases/JD1/seasons/", SEASON | later).status_code == 302
    answer = planned.post(f"{BASE}seasons/S99/weigh-in/", LOAD | {"day": "2099-10-02"})
    assert answer.status_code == 422
    assert "2099-10-02 has not come yet" in answer.content.decode()
    guess = {"plot": "A1", "day": "2099-08-01", "kg": "900", "by": "农技员"}
    assert planned.post(f"{BASE}seasons/S99/estimates/", guess).status_code == 422


def test_what_was_not_measured_is_said_so(planned):
    weighed(planned, moisture="", impurity="")
    text = planned.get(f"{BASE}receipts/2025-W1/?as=txt").content.decode()
    assert "Moisture (%): not measured" in text
    assert "Net (kg): 100" in text


def test_a_dispute_is_a_state_until_a_person_answers(planned, reads, world):
    weighed(planned)
    wei = reads("wei")
    raised = {"day": "2025-10-03", "by": "魏青根", "claim": "水分测得不对"}
    assert wei.post(f"{BASE}receipts/2025-W1/dispute/", raised).status_code == 302
    mark = "badge-bad"
    assert mark in planned.get(f"{BASE}disputes/").content.decode()
    assert mark not in planned.get(f"{BASE}disputes/?on=2025-10-02").content.decode()
    assert planned.post(f"{BASE}receipts/2025-W1/dispute/", raised).status_code == 422
    assert "in dispute" in planned.get(f"{BASE}facts/delivery:2025-W1").content.decode()
    form = planned.get(f"{BASE}receipts/2025-W1/answer/").context["form"]
    assert (form["gross"].value(), form["moisture"].value()) == (105, 18), "what stands is filled in"
    found = {"day": "2025-10-05", "by": "郭长青", "gross": "105", "tare": "5", "moisture": "16.6",
             "impurity": "2", "grade": "特等", "price": "32", "text": "复测水分，等级定低了"}  # fmt: skip
    assert wei.post(f"{BASE}receipts/2025-W1/answer/", found).status_code == 403
    assert planned.post(f"{BASE}receipts/2025-W1/answer/", found).status_code == 302
    row = Delivery.objects.current().get(receipt="W1")
    # 99 kg x 83.4 / 86 = 96.007 kg; x 32 yuan = 3 072.22 yuan
    assert (row.key, row.grade, row.grams, row.amount_fen) == ("2025-W1~2", "特等", 96_007, 307_222)
    page = planned.get(f"{BASE}receipts/2025-W1/").content.decode()
    for text in ("16.6 % (agreed 14 %)", "96.007", "3,072.22", "As first entered", "94.395 kg", "corrected"):
        assert text in page
    assert planned.post(f"{BASE}receipts/2025-W1/answer/", found).status_code == 422, "answered once"
    assert WeighIn.objects.current().get().key == "2025-W1~2"
    season = planned.get(f"{BASE}seasons/S25/?on=2025-10-31").content.decode()
    assert "96.007" in season


def test_a_delivery_that_stands_is_answered_without_writing_it_anew(planned):
    weighed(planned)
    raised = {"day": "2025-10-03", "by": "魏青根", "claim": "少了"}
    assert planned.post(f"{BASE}receipts/2025-W1/dispute/", raised).status_code == 302
    stands = {"day": "2025-10-05", "by": "郭长青", "gross": "105", "tare": "5", "moisture": "18",
              "impurity": "2", "grade": "一等", "price": "30", "text": "双方复称一致"}  # fmt: skip
    answer = planned.post(f"{BASE}receipts/2025-W1/answer/", stands | {"impurity": "100"})
    assert answer.status_code == 422
    assert planned.post(f"{BASE}receipts/2025-W1/answer/", stands).status_code == 302
    assert Delivery.objects.get(receipt="W1").grams == 94_395
    assert "stands as weighed" in planned.get(f"{BASE}receipts/2025-W1/").content.decode()


def test_the_receipt_is_a_picture_a_text_and_a_paper(planned):
    weighed(planned)
    address = f"{BASE}receipts/2025-W1/"
    assert planned.get(f"{address}?as=png").content.startswith(b"\x89PNG")
    assert planned.get(f"{address}?as=pdf").content.startswith(b"%PDF")
    assert "Moisture (%): 18 % (agreed 14 %)" in planned.get(f"{address}?as=txt").content.decode()


def test_a_stranger_sees_no_receipt_and_a_member_only_its_own(planned, reads):
    weighed(planned, plot="A2", receipt="W2")
    assert reads("wei").get(f"{BASE}receipts/2025-W2/").status_code == 404
    assert reads("wei").post(f"{BASE}receipts/2025-W2/dispute/", {}).status_code == 404
    assert reads("zhao").get(f"{BASE}bases/").status_code == 404
    assert reads("luo").post(f"{BASE}seasons/S25/weigh-in/", LOAD).status_code == 403


def photo(**more) -> bytes:
    """A phone's photo: turned, and telling where, when and by which device it was taken."""
    found = Image.new("RGB", (4000, 1000), "green")
    told = found.getexif()
    told[0x0112], told[0x010F], told[0x0132] = 6, "Secretphone", "2026:07:02 08:00:00"
    told.get_ifd(0x8825)[2] = (25.0, 2.0, 11.0)
    out = BytesIO()
    found.save(out, "JPEG", exif=told, **more)
    return out.getvalue()


PHOTO = photo()


@pytest.mark.mission("P2")
def test_a_case_from_symptoms_to_its_end_and_no_harvest_while_waiting(planned, reads, settings, tmp_path):
    settings.DATA = tmp_path
    asked = {"number": "K1", "base_code": "JD1", "plot": "A1", "day": "2025-09-10", "by": "魏青根"}
    asked |= {"symptoms": "叶片黄化", "photo": SimpleUploadedFile("a.png", PHOTO)}
    assert planned.post(f"{BASE}cases/new/", asked).status_code == 302
    steps = [
        {"kind": "diagnosis", "day": "2025-09-11", "person": "张农艺师", "text": "根腐病"},
        {"kind": "diagnosis", "day": "2025-09-12", "person": "李教授", "text": "同意"},
        {
            "kind": "prescription",
            "day": "2025-09-12",
            "person": "李教授",
            "text": "多菌灵",
            "dose": "800 倍液",
        },
    ]
    steps[2]["waiting_days"] = "30"
    for step in steps:
        assert planned.post(f"{BASE}cases/K1/steps/", step).status_code == 302
    early = weighed(planned)
    assert early.status_code == 422
    assert "may not be harvested before 2025-10-12" in early.content.decode()
    assert weighed(planned, plot="A2", receipt="W2").status_code == 302
    assert weighed(planned, day="2025-10-12").status_code == 302
    end = {"kind": "closed", "day": "2025-10-20", "person": "李教授", "text": "已痊愈"}
    assert planned.post(f"{BASE}cases/K1/steps/", end).status_code == 302
    more = planned.post(f"{BASE}cases/K1/steps/", steps[0] | {"text": "再看"})
    assert more.status_code == 422
    assert "is closed" in more.content.decode()
    page = planned.get(f"{BASE}cases/K1/").content.decode()
    name = page.split("photos/")[1].split('"')[0]
    kept = b"".join(planned.get(f"{BASE}cases/K1/photos/{name}").streaming_content)
    assert b"Secretphone" in PHOTO
    assert b"Secretphone" not in kept
    with Image.open(BytesIO(kept)) as seen:
        assert not seen.getexif()
        assert seen.size == (480, 1920), "turned for good, and made smaller"
    assert reads("wei").get(f"{BASE}cases/K1/photos/{name}").status_code == 403


@pytest.mark.mission("P2")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<script>", "not a JPEG"),
        (PHOTO[:200], "not a JPEG"),
        (PHOTO + b"0" * 12 * 1024 * 1024, "larger than 12 MiB"),
    ],
)
def test_what_is_no_small_picture_is_refused(planned, settings, tmp_path, content, said):
    settings.DATA = tmp_path
    asked = {"number": "K1", "base_code": "JD1", "plot": "", "day": "2025-09-10", "by": "魏青根"}
    asked |= {"symptoms": "叶片黄化", "photo": SimpleUploadedFile("a.png", content)}
    answer = planned.post(f"{BASE}cases/new/", asked)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not list(tmp_path.iterdir())


@pytest.mark.mission("P2")
def test_a_prescription_without_its_dose_is_refused(planned):
    asked = {"number": "K1", "base_code": "JD1", "plot": "", "day": "2025-09-10", "by": "魏青根"}
    assert planned.post(f"{BASE}cases/new/", asked | {"symptoms": "黄化"}).status_code == 302
    step = {"kind": "prescription", "day": "2025-09-12", "person": "李教授", "text": "多菌灵"}
    assert planned.post(f"{BASE}cases/K1/steps/", step).status_code == 422


def _back(client, reference: str, reason: str = "填错了"):
    return client.post(f"{BASE}take-back/{reference}", {"reason": reason})


def test_work_and_estimates_entered_by_mistake_are_taken_back(planned, reads):
    done = {"step": "T1", "plots": ["A1", "A2"], "day": "2025-03-20", "done_by": "林秋月", "evidence": ""}
    assert planned.post(f"{BASE}seasons/S25/done/", done).status_code == 302
    guess = {"plot": "A1", "day": "2025-08-01", "kg": "900", "by": "农技员"}
    assert planned.post(f"{BASE}seasons/S25/estimates/", guess).status_code == 302
    season = f"{BASE}seasons/S25/?on=2025-09-01"
    page = planned.get(season).content.decode()
    assert "/facts/stepdone:S25/T1/A2" in page
    assert "/take-back/stepdone:S25/T1/A2" in planned.get(f"{BASE}facts/stepdone:S25/T1/A2").content.decode()
    assert _back(reads("luo"), "stepdone:S25/T1/A2").status_code == 403
    assert _back(planned, "stepdone:S25/T1/A2", " ").status_code == 422
    assert _back(planned, "stepdone:S25/T1/A2").status_code == 302
    assert _back(planned, "stepdone:S25/T1/A2").status_code == 404, "it stands no more"
    guessed = "yieldestimate:S25/A1/2025-08-01"
    told = planned.get(f"{BASE}take-back/{guessed}").content.decode()
    assert "Yield estimates S25/A1/2025-08-01 · 2025-08-01 ·" in told
    assert "白术 · Estimate (kg) 900<" in told
    assert "Entered by" in told, "and who entered it when"
    assert _back(planned, guessed).status_code == 302
    found = planned.get(season).context["season"]
    assert [line.steps[0][1] for line in found.lines] == ["done", "late"]
    assert found.estimate_grams == 0
    assert (
        planned.post(f"{BASE}seasons/S25/done/", done | {"plots": ["A2"], "day": "2025-04-02"}).status_code
        == 302
    )
    found = planned.get(season).context["season"]
    assert [line.steps[0][1] for line in found.lines] == ["done", "done_late"]
    used = _back(planned, "season:S25")
    assert used.status_code == 422
    assert "still used by stepdone:" in used.content.decode()
    assert _back(planned, "delivery:2025-W1").status_code == 404, "what books something has a verb of its own"


@pytest.mark.mission("P2")
def test_a_case_closed_by_mistake_is_open_again(planned):
    case = {
        "number": "K2",
        "base_code": "JD1",
        "plot": "",
        "day": "2025-06-01",
        "by": "魏",
        "symptoms": "黄叶",
    }
    assert planned.post(f"{BASE}cases/new/", case).status_code == 302
    end = {"kind": "closed", "day": "2025-06-02", "person": "李教授", "text": "已愈"}
    assert planned.post(f"{BASE}cases/K2/steps/", end).status_code == 302
    (event,) = planned.get(f"{BASE}cases/K2/").context["case"].events
    assert _back(planned, "expertcase:K2").status_code == 422
    assert _back(planned, event.reference).status_code == 302
    page = planned.get(f"{BASE}cases/K2/")
    assert not page.context["case"].closed
    seen = end | {"kind": "diagnosis", "text": "根腐病"}
    assert planned.post(f"{BASE}cases/K2/steps/", seen).status_code == 302


@pytest.mark.mission("P1", "S1")
def test_who_approves_a_payment_is_told_what_of_it_is_in_dispute(planned, reads):
    weighed(planned)
    weighed(planned, receipt="W2", plot="A2")
    raised = {"day": "2025-10-03", "by": "魏青根", "claim": "等级定低了"}
    assert planned.post(f"{BASE}receipts/2025-W1/dispute/", raised).status_code == 302
    batch = {"purpose": "produce", "method": "cash", "day": "2025-10-10"}
    assert planned.post(f"{BASE}payouts/new/", batch).status_code == 302
    page = reads("guo").get(f"{BASE}payouts/1/").content.decode()
    assert "It pays deliveries that are in dispute" in page
    assert "/facts/delivery:2025-W1" in page
    assert "/facts/delivery:2025-W2" not in page


def test_a_load_taken_back_is_weighed_in_anew_under_its_number(planned):
    weighed(planned, gross="501")
    back = planned.post(f"{BASE}withdraw/delivery:2025-W1", {"reason": "皮重看错"})
    assert back.status_code == 302
    assert planned.get(f"{BASE}receipts/2025-W1/").status_code == 404
    assert not WeighIn.objects.current().exists(), "how it was weighed is taken back with it"
    assert weighed(planned).status_code == 302
    page = planned.get(f"{BASE}receipts/2025-W1/").content.decode()
    assert "94.395" in page
    assert "As first entered" not in page, "what was taken back is no former version of this load"
    owed = Posting.objects.filter(
        party__deliveries__receipt="W1", entry__source__endswith="delivery:2025-W1~3"
    )
    assert {each.amount_fen for each in owed} == {-283_185}
    weighed(planned, receipt="W2")
    planned.post(f"{BASE}withdraw/delivery:2025-W2", {"reason": "同一车"})
    assert weighed(planned, receipt="W2").status_code == 302, "the same load too"
    for receipt, version in (("W1", "~3"), ("W2", "~3")):
        planned.post(f"{BASE}withdraw/delivery:2025-{receipt}{version}", {"reason": "错季"})
    assert _back(planned, "season:S25").status_code == 302, "nothing rests on the season any more"


def test_nothing_is_disputed_or_answered_on_a_day_to_come_or_before_the_delivery(planned):
    weighed(planned)
    raised = {"by": "魏青根", "claim": "少了"}
    answer = planned.post(f"{BASE}receipts/2025-W1/dispute/", raised | {"day": "2099-01-01"})
    assert "2099-01-01 has not come yet" in answer.content.decode()
    answer = planned.post(f"{BASE}receipts/2025-W1/dispute/", raised | {"day": "2025-10-01"})
    assert "before the day of the delivery, 2025-10-02" in answer.content.decode()
    assert planned.post(f"{BASE}receipts/2025-W1/dispute/", raised | {"day": "2025-10-03"}).status_code == 302
    stands = LOAD | {"day": "2099-01-01", "by": "郭长青", "text": "复称一致"}
    answer = planned.post(f"{BASE}receipts/2025-W1/answer/", stands)
    assert "2099-01-01 has not come yet" in answer.content.decode()


@pytest.mark.mission("P2")
def test_a_prescription_entered_after_a_harvest_names_what_was_weighed_in_too_early(planned):
    weighed(planned)
    weighed(planned, plot="A2", receipt="W2")
    asked = {"number": "K1", "base_code": "JD1", "plot": "A1", "day": "2025-09-10", "by": "魏青根",
             "symptoms": "叶片黄化"}  # fmt: skip
    assert planned.post(f"{BASE}cases/new/", asked).status_code == 302
    step = {"kind": "prescription", "day": "2025-09-28", "person": "李教授", "text": "多菌灵",
            "dose": "800 倍", "waiting_days": "5"}  # fmt: skip
    later = planned.post(f"{BASE}cases/K1/steps/", step | {"day": "2099-01-01"})
    assert "2099-01-01 has not come yet" in later.content.decode()
    later = planned.post(f"{BASE}cases/new/", asked | {"number": "K2", "day": "2099-01-01"})
    assert later.status_code == 422
    assert planned.post(f"{BASE}cases/K1/steps/", step).status_code == 302
    page = planned.get(f"{BASE}cases/K1/").content.decode()
    assert "Keep these loads from sale" in page
    assert "receipts/2025-W1/" in page
    assert "receipts/2025-W2/" not in page, "another plot"
    planned.post(f"{BASE}withdraw/delivery:2025-W1", {"reason": "误记"})
    assert "Keep these loads from sale" not in planned.get(f"{BASE}cases/K1/").content.decode()
