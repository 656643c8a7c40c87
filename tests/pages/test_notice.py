"""A notice put up: recorded, open to everyone while it is up, gone afterwards. S4."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from lianjie.facts.actions import expert
from lianjie.ledger.models import NoticePosting
from lianjie.ledger.queries import settlements
from tests.ledger import coop
from tests.ledger.coop import AT
from tests.pages.test_settlement import WAY, as_, disclosed  # noqa: F401  the cast

pytestmark = [pytest.mark.django_db, pytest.mark.mission("S4")]


@pytest.fixture
def made():
    return coop.make()


def test_a_notice_is_recorded_open_to_all_and_gone_after_its_last_day(made, as_, settings, tmp_path):  # noqa: F811
    settings.DATA = tmp_path
    disclosed(made, as_, days_ago=5)
    row = settlements.list_of(made.pk)[0]
    assert row.objections_until
    client, today = as_("accountant"), date.today()
    picture, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "PhoneMaker"
    Image.new("RGB", (40, 30)).save(picture, "JPEG", exif=exif)
    sent = {
        "where": "村口公示栏",
        "since": today.isoformat(),
        "until": row.objections_until.isoformat(),
        "photo": SimpleUploadedFile("p.jpg", picture.getvalue()),
    }
    early = client.post(f"{WAY}notices/", sent | {"until": today.isoformat()})
    assert early.status_code == 422
    sent["photo"] = SimpleUploadedFile("p.jpg", picture.getvalue())
    assert client.post(f"{WAY}notices/", sent).status_code == 302
    kept = NoticePosting.objects.get()
    assert b"PhoneMaker" not in (expert.folder() / kept.photo).read_bytes()
    assert b"".join(as_("supervisor").get(f"{WAY}notices/photos/{kept.photo}"))
    assert as_("supervisor").post(f"{WAY}notices/", sent).status_code == 403
    everyone = Client(headers={"accept-language": "en"})
    page = everyone.get(f"/n/{kept.token}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "王**" in text
    assert "王H1" not in text
    assert kept.until.isoformat() in text
    assert everyone.get("/n/nothing-here/").status_code == 404
    old = NoticePosting.objects.create(
        settlement_id=row.id,
        token="gone",
        where="x",
        since=today - timedelta(9),
        until=today - timedelta(1),
        at=AT,
    )
    gone = everyone.get(f"/n/{old.token}/")
    assert gone.status_code == 410
    assert "王**" not in gone.content.decode()
