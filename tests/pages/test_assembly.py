"""An assembly on the pages: called, attended, resolved, its papers; a settlement decided by it. R1, S1."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from lianjie.facts.actions import expert
from lianjie.facts.models import Act, Attendance, MeetingPaper, Resolution
from tests.pages.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.mission("R1", "S1")]
AT = "/o/C2001/"
CALL = {
    "number": "2026-1",
    "day": "2026-01-26",
    "notice_day": "2026-01-10",
    "form": "assembly",
    "venue": "村委会",
    "agenda": "盈余分配",
    "chaired_by": "郭长青",
}
ONE = {"number": "1", "title": "盈余分配", "text": "同意", "matter": "ordinary"}


def roll(world: World, client, but: int = 0) -> None:
    page = client.get(f"{AT}meetings/2026-1/roll/").content.decode()
    names = [part.partition('"')[0] for part in page.split('name="how.')[1:]]
    sent = {f"how.{name}": "signed" for name in names[: len(names) - but]}
    assert client.post(f"{AT}meetings/2026-1/roll/", sent).status_code == 302


def test_from_the_call_to_a_resolution_with_its_papers(world, reads, settings, tmp_path):
    settings.DATA = tmp_path
    chair = reads("guo")
    assert "No meeting is entered" in chair.get(f"{AT}meetings/").content.decode()
    delegates = chair.post(f"{AT}meeting-new/", CALL | {"form": "delegates"})
    assert "there is no assembly of delegates" in delegates.content.decode()
    assert chair.post(f"{AT}meeting-new/", CALL).status_code == 302
    at = f"{AT}meetings/2026-1/"
    few = chair.post(f"{at}resolve/", ONE | {"votes_for": 1, "votes_against": 0, "votes_abstained": 0})
    assert few.status_code == 422
    assert "art. 30" in few.content.decode()
    roll(world, chair)
    came = Attendance.objects.current().count()
    too_many = ONE | {"votes_for": came, "votes_against": 1, "votes_abstained": 0}
    assert "those present hold" in chair.post(f"{at}resolve/", too_many).content.decode()
    done = ONE | {"votes_for": came - 1, "votes_against": 1, "votes_abstained": 0}
    assert chair.post(f"{at}resolve/", done).status_code == 302
    page = chair.get(at).content.decode()
    assert "adopted" in page
    closed = chair.post(f"{at}roll/", {f"how.{world.home.code}": "absent"})
    assert "can no longer change" in closed.content.decode()

    picture = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    Image.new("RGB", (40, 30)).save(picture, "JPEG", exif=exif)
    for name, content in (("list.jpg", picture.getvalue()), ("minutes.pdf", b"%PDF-1.7 signed")):
        sent = {"file": SimpleUploadedFile(name, content)}
        assert chair.post(f"{at}papers/", sent).status_code == 302
    refused = chair.post(f"{at}papers/", {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 422
    photo = MeetingPaper.objects.get(name="list.jpg")
    assert b"PhoneMaker" not in (expert.folder() / photo.kept_as).read_bytes()
    minutes = MeetingPaper.objects.get(name="minutes.pdf")
    assert b"".join(chair.get(f"{at}papers/{minutes.kept_as}")) == b"%PDF-1.7 signed"
    assert chair.get(f"{at}papers/{'0' * 64}.pdf").status_code == 404

    assert reads("chen").post(f"{at}resolutions/1/take-back/", {"reason": "x"}).status_code == 403
    assert chair.post(f"{at}resolutions/1/take-back/", {"reason": "计票有误"}).status_code == 302
    assert not Resolution.objects.current().exists()
    verbs = set(Act.objects.values_list("verb", flat=True))
    assert {"assembly:call", "assembly:roll", "assembly:resolve", "assembly:paper"} <= verbs
    assert reads("luo").get(at).status_code == 200
    assert reads("luo").post(f"{at}roll/", {}).status_code == 403


def test_the_attendance_comes_as_a_file(world, reads):
    chair = reads("guo")
    assert chair.post(f"{AT}meeting-new/", CALL).status_code == 302
    assert chair.get(f"{AT}files/of/assembly/").status_code == 200
    assert "Attendance" in chair.get(f"{AT}files/?family=assembly").content.decode()


def test_who_chairs_the_coops_of_an_area_is_counted_with_its_denominator(world, reads):
    luo = reads("luo")
    page = luo.get(f"/areas/{world.county.code}/branch-led/").content.decode()
    assert "the chair of 1 of 2 cooperatives" in page
    assert "郭长青" in page
    assert luo.get(f"/areas/{world.county.code}/branch-led/?as=csv").status_code == 200
    assert date.today() > date(2020, 4, 1)
