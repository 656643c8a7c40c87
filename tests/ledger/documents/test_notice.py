"""The disclosure notice shows every figure and no full name."""

import struct
import subprocess
from dataclasses import replace

import pytest

from lianjie.ledger import parameters
from lianjie.ledger.documents.figures import yuan
from lianjie.ledger.documents.notice import masked, notice_pdf, notice_png, notice_pngs
from lianjie.ledger.rules import flow
from lianjie.ledger.rules.given import Recipient
from tests.ledger.documents import herbs


@pytest.fixture(scope="module")
def herb():
    return herbs.papers()


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack_from(">II", png, 16)


def test_names_are_masked_whatever_they_are(herb):
    assert masked(Recipient("H1", "王小二")) == "王**"
    assert masked(Recipient("H1", "𠮷")) == "𠮷**"
    assert masked(Recipient("H1", "买买提·艾力")) == "买**"
    assert masked(Recipient("O1", "云岭村集体经济组织", kind="organisation")) == "云岭村集体经济组织"
    text = text_of(notice_pdf(herb))
    officers = {herb.issuer.chair, herb.issuer.accountant}
    for each in herb.recipients:
        assert masked(each) in text
        if each.name not in officers:
            assert each.name not in text


def test_every_amount_and_every_sum_is_on_it(herb):
    text = text_of(notice_pdf(herb))
    for fen in herb.outcome.totals.values():
        assert yuan(fen) in text
    for step in herb.outcome.steps:
        assert yuan(step.amount_fen) in text
    assert yuan(sum(herb.outcome.totals.values())) in text
    assert "2026-02-04" in text


def test_the_law_behind_it_is_named_in_the_language_of_the_paper(herb):
    law = flow.disclosure_law(parameters.text("disclosure"), "coop", herb.dated)
    named = replace(herb, issuer=replace(herb.issuer, disclosure_law=law))
    text = text_of(notice_pdf(named))
    assert "《农民专业合作社法》" in text
    assert law not in text


def test_codes_can_be_left_out(herb):
    assert "YLHQ-005" in text_of(notice_pdf(herb))
    assert "YLHQ-005" not in text_of(notice_pdf(herb, codes=False))


def test_the_picture_is_as_wide_as_a_phone_and_long(herb):
    width, height = size_of(notice_png(herb))
    assert width == 1080
    assert height > 2 * width


def test_a_long_list_becomes_several_pictures():
    pictures = notice_pngs(herbs.papers(households=70))
    assert len(pictures) == 2
    assert {size_of(each)[0] for each in pictures} == {1080}


def test_the_same_papers_give_the_same_bytes(herb):
    assert notice_pdf(herb) == notice_pdf(herbs.papers())
    assert notice_png(herb) == notice_png(herbs.papers())
