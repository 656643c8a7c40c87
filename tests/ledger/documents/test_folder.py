"""All files at once: stable names, all or none, the same bytes again."""

import hashlib
import json
from dataclasses import replace

import pytest

from lianjie.ledger.documents.folder import NotAFolder, statement_names, write_all
from lianjie.ledger.documents.settlement_json import settlement_json
from lianjie.ledger.rules.given import Recipient
from tests.ledger.documents import herbs
from tests.ledger.documents.test_journal_text import CHART, settlement_of

HOUSEHOLDS = 4


@pytest.fixture(scope="module")
def papers():
    return herbs.papers(households=HOUSEHOLDS)


def written(out, papers, progress=lambda done, total, name: None):
    return write_all(out, papers, entries=settlement_of(3), chart=CHART, progress=progress)


def hashes(out):
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file()
    }


def test_all_files_are_there_under_stable_names(tmp_path, papers):
    seen = []
    paths = written(tmp_path / "new" / "out", papers, lambda done, total, name: seen.append((done, total)))
    assert sorted(hashes(tmp_path / "new" / "out")) == sorted(
        [
            "allotments.xlsx",
            "journal.beancount",
            "journal.hledger",
            "notice.pdf",
            "notice.png",
            "settlement.json",
            "statements.pdf",
            "statements/YLHQ-001-王䶮.pdf",
            "statements/YLHQ-002-㛃秀英.pdf",
            "statements/YLHQ-003-田𠮷昌.pdf",
            "statements/YLHQ-004-李𬎆.pdf",
        ]
    )
    assert all(path.is_file() for path in paths)
    assert seen == [(n, len(paths)) for n in range(1, len(paths) + 1)]


def test_a_second_run_changes_nothing(tmp_path, papers):
    out = tmp_path / "out"
    written(out, papers)
    before, touched = hashes(out), out.stat().st_mtime_ns
    written(out, herbs.papers(households=HOUSEHOLDS))
    assert hashes(out) == before
    assert out.stat().st_mtime_ns == touched


def test_another_result_takes_the_place_of_the_old_and_leaves_other_files(tmp_path, papers):
    out = tmp_path / "out"
    written(out, papers)
    (out / "my notes.txt").write_text("keep me")
    written(out, herbs.papers(households=3))
    names = set(hashes(out))
    assert "statements/YLHQ-004-李𬎆.pdf" not in names
    assert (out / "my notes.txt").read_text() == "keep me"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_when_a_file_cannot_be_made_none_appears(tmp_path, papers):
    def stop(done, total, name):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(tmp_path / "out", papers, stop)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_refused(tmp_path, papers):
    (tmp_path / "out").write_text("x")
    with pytest.raises(NotAFolder, match="is a file"):
        written(tmp_path / "out", papers)


def test_statement_names_are_safe_and_never_alike():
    names = {"A/1": "x", "A_1": "x", "B": "../../etc/passwd", "b": "../../etc/passwd", "C": "甲" * 200}
    recipients = tuple(Recipient(code, name) for code, name in names.items())
    given = replace(herbs.papers(households=1).given, recipients=recipients)
    found = statement_names(replace(herbs.papers(households=1), given=given))
    assert sorted(found.values()) == sorted(names)
    assert len({name.casefold() for name in found}) == len(names)
    assert all("/" not in name and len(name.encode()) < 255 for name in found)


def test_settlement_json_is_canonical_and_complete(papers):
    text = settlement_json(papers)
    assert text == settlement_json(herbs.papers(households=HOUSEHOLDS))
    body = json.loads(text)
    assert body["outcome"]["sha256"] == papers.outcome.digest
    assert body["plan"]["text"] == herbs.PLAN
    assert body["outcome"]["totals"] == papers.outcome.totals
    for step in body["outcome"]["steps"]:
        for line in step["lines"]:
            assert line["amount_fen"] == line["cash_fen"] + line["goods_fen"] + line["contribution_fen"]
            assert line["reasons"]
    assert text == json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def test_a_settlement_that_gives_nobody_anything_still_has_its_papers(tmp_path):
    plan = herbs.PLAN[: herbs.PLAN.index("[[step]]")]
    plan += '[[step]]\nname = "reserve"\nlabel = "提取盈余公积"\n'
    plan += 'from = "surplus"\nto = "reserve_fund"\nrest = true\n'
    for households in (0, 2):
        out = tmp_path / str(households)
        paths = write_all(out, herbs.papers(households=households, plan=plan))
        assert len(paths) == 5 + households
        assert all(path.stat().st_size for path in paths)
