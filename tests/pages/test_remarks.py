"""Whoever is signed in says what is wrong with a page, and reads the answer."""

import pytest

from lianjie import __version__
from lianjie.facts.models import Act, Remark
from tests.pages.test_personal import signed_in
from tests.pages.world import build

pytestmark = pytest.mark.django_db
REMARKS = "/remarks/"


def test_a_remark_keeps_its_page_and_version_and_its_writer_reads_the_answer(db):
    world = build(households=2)
    wei, an = signed_in(world, "wei"), signed_in(world, "an")
    assert "/remarks/?page=/o/C2001/" in wei.get("/o/C2001/").content.decode()
    assert wei.post(REMARKS, {"page": "/o/C2001/", "text": " "}).status_code == 422
    said = {"page": "/o/C2001/?search=魏", "text": "The total is not the sum of the column."}
    assert wei.post(REMARKS, said).status_code == 302
    wei.post(REMARKS, said)
    row = Remark.objects.get()
    assert (row.page, row.version, row.by) == ("/o/C2001/", __version__, world.users["wei"])
    wei.post(REMARKS, {"page": "//elsewhere/", "text": "from elsewhere"})
    assert Remark.objects.latest("pk").page == ""
    assert "not the sum" in an.get(REMARKS).content.decode()
    assert "not the sum" not in signed_in(world, "chen").get(REMARKS).content.decode()
    assert wei.post(f"{REMARKS}{row.pk}/answer/", {"text": "mine"}).status_code == 403
    assert an.post(f"{REMARKS}{row.pk}/answer/", {"text": "Mended in the next version."}).status_code == 302
    assert "Mended in the next version." in wei.get(REMARKS).content.decode()
    assert Act.objects.filter(verb="remark:answer").exists()
    assert an.post(f"{REMARKS}999/answer/", {"text": "none"}).status_code == 404
