"""Statements: what pdftotext reads back, what stands on them, and that they are the same every time."""

import subprocess
import time
from dataclasses import replace

import pytest

from lianjie.ledger.documents.figures import yuan
from lianjie.ledger.documents.fonts import lacking, missing, printable
from lianjie.ledger.documents.papers import Papers
from lianjie.ledger.documents.statement import check_text, statement_pdf, statements_pdf, unprintable
from tests.ledger.documents import herbs

RARE = "䶮㛃𠮷𬎆𫖯璟玥𬭎𬬭𬯎𬱖㼆䴙䴘𫚖𬶏𫵷昇堃喆翀赟犇骉"
"""Characters of real names that older fonts and code pages lose."""


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def fonts_of(pdf: bytes, tmp_path) -> list[list[str]]:
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf)
    lines = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True).stdout.splitlines()[2:]
    return [line.split() for line in lines]


@pytest.fixture(scope="module")
def herb():
    return herbs.papers()


def test_a_statement_reads_back_with_its_rare_characters(herb):
    for code, one in herb.by_code.items():
        text = text_of(statement_pdf(herb, code))
        assert one.name in text
        assert code in text


def test_every_rare_character_of_real_names_survives(herb):
    named = replace(herb.given.recipients[0], name=RARE)
    given = replace(herb.given, recipients=(named, *herb.given.recipients[1:]))
    papers = Papers(herb.plan, herb.plan_text, given, herb.outcome, herb.issuer)
    assert RARE in text_of(statement_pdf(papers, named.code)).replace("\n", "")
    assert unprintable(papers) == ()


def test_a_character_the_font_lacks_is_named_and_never_an_empty_box(herb):
    private = "王\ue863"
    assert lacking(private) == "\ue863"
    assert printable(private) == "王[U+E863]"
    (finding,) = missing([("H1", private)])
    assert finding.where == "H1"
    assert "U+E863" in finding.say()
    named = replace(herb.given.recipients[0], name=private)
    given = replace(herb.given, recipients=(named, *herb.given.recipients[1:]))
    papers = Papers(herb.plan, herb.plan_text, given, herb.outcome, herb.issuer)
    assert "王[U+E863]" in text_of(statement_pdf(papers, named.code))
    assert [each.where for each in unprintable(papers)] == [named.code]


def test_only_our_font_is_used_and_it_is_embedded(herb, tmp_path):
    fonts = fonts_of(statement_pdf(herb, "YLHQ-001"), tmp_path)
    assert fonts
    for font in fonts:
        assert "NotoSansCJK" in font[0]
        assert "yes" in font[4:6], font


def test_it_says_who_what_why_and_how_to_object(herb):
    text = text_of(statement_pdf(herb, "YLHQ-003"))
    for part in (
        "云岭黄芪种植农民专业合作社",
        "2025年度成员分配对账单",
        "15,319.45",
        "壹万伍仟叁佰壹拾玖元肆角伍分",
        "交售 5、交售 6",
        "46,733.33 元 × 2,044 公斤 ÷ 11,166 公斤",
        "4776146326/5583",
        "农民专业合作社法第四十四条",
        "转为成员出资",
        "种羊",
        "2026-02-04",
        "虚构示例，并无其人",
        "公积金量化份额",
        herb.outcome.digest[:16],
    ):
        assert part in text, part


def test_every_line_of_the_outcome_stands_on_the_statement(herb):
    for code in herb.by_code:
        text = text_of(statement_pdf(herb, code))
        for _, line in herb.outcome.lines_of(code):
            assert yuan(line.amount_fen) in text


def test_payments_lower_what_is_still_owed(herb):
    text = text_of(statement_pdf(herb, "YLHQ-001"))
    assert "1,200.00" in text
    assert "5,717.88" in text
    assert "银行转账" in text


def test_who_is_not_a_member_reads_why_nothing(herb):
    text = text_of(statement_pdf(herb, "YLHQ-012"))
    assert "未参与的项目及原因" in text
    assert "按交易量返还" in text


def test_the_bound_file_holds_all_with_a_list_to_sign(herb):
    text = text_of(statements_pdf(herb))
    assert all(text.count(each.name) >= 2 for each in herb.recipients)
    assert "签字" in text
    assert text.count("第1页") == len(herb.recipients)


@pytest.mark.parametrize(("language", "word"), [("zh-Hant", "NotoSansCJKtc"), ("en", "NotoSansCJKkr")])
def test_other_languages_use_their_own_faces(language, word, tmp_path):
    papers = herbs.papers(language=language)
    assert word in " ".join(font[0] for font in fonts_of(statement_pdf(papers, "YLHQ-001"), tmp_path))


def test_the_same_papers_give_the_same_bytes(herb):
    assert statement_pdf(herb, "YLHQ-002") == statement_pdf(herbs.papers(), "YLHQ-002")
    assert statements_pdf(herb, ["YLHQ-002"]) == statements_pdf(herbs.papers(), ["YLHQ-002"])


def test_the_square_code_names_the_result_and_nobody(herb):
    text = check_text(herb, "YLHQ-001")
    assert text.split(":")[:4] == ["LJ1", "YLHQ", "2025", "YLHQ-001"]
    assert herb.outcome.digest in text
    assert "王" not in text


def test_markup_in_a_name_sets_no_type(herb):
    named = replace(herb.given.recipients[0], name='#text(red)[x] $a$ *b* "')
    given = replace(herb.given, recipients=(named, *herb.given.recipients[1:]))
    papers = Papers(herb.plan, herb.plan_text, given, herb.outcome, herb.issuer)
    assert '#text(red)[x] $a$ *b* "' in text_of(statement_pdf(papers, named.code))


def test_a_hundred_statements_take_seconds():
    papers = herbs.papers(households=100)
    statement_pdf(papers, "YLHQ-001")
    began = time.process_time()
    statements_pdf(papers)
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    ("state", "mark"),
    [("trial", "试算稿：尚未公示，尚未表决"), ("reversed", "已冲销，不再有效"), ("disclosed", None)],
)
def test_what_is_not_valid_says_so(herb, state, mark):
    papers = replace(herb, issuer=replace(herb.issuer, state=state))
    text = text_of(statement_pdf(papers, "YLHQ-001"))
    for each in ("试算稿：尚未公示，尚未表决", "已冲销，不再有效"):
        assert (each in text) == (each == mark)
