"""A backup taken while others write comes back whole: books, chain of seals, keys. PAINS 20-24."""

import io
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie import __version__
from lianjie.project.recovery import container, schedule
from lianjie.project.recovery.container import (
    BackupDoesNotOpen,
    NotABackup,
    Opening,
    PassphraseTooShort,
    Sealing,
)
from lianjie.project.settings import ROOT
from tests.support.databases import PYTHON, child_environment, rows_of

PASSPHRASE = "春种一粒粟秋收万颗子四海无闲田"


class Office:
    """A machine with a data folder and a database of its own."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.environment = child_environment(
            address, LIANJIE_DATA=str(folder), LIANJIE_BACKUP_PASSPHRASE=PASSPHRASE, LANG="en"
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PYTHON, "-m", *words], env=self.environment, stdin=-1, stdout=-1, stderr=-1, text=True, cwd=ROOT
        )

    def run(self, *words: str, code: int = 0) -> str:
        done = self.start(*words)
        out, told = done.communicate(timeout=120)
        assert done.returncode == code, told
        return out + told

    def debits(self) -> object:
        statement = "SELECT SUM(ABS(amount_fen)), SUM(ABS(quantity)), COUNT(*) FROM ledger_posting"
        return rows_of(self.address, statement)


@pytest.mark.both
@pytest.mark.crash
def test_restore_drill_under_write_load(private_database, databases, tmp_path):
    """One moment of a busy database; wrong doors refused; restored with chain and balances equal."""
    old = Office(private_database, tmp_path / "old")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "holidays.toml").write_text("# 2027 is ours\n")
    old.run("tests.crash.child", "prepare")
    writer = old.start("tests.project.writer")
    assert writer.stdout is not None
    for _ in range(20):
        writer.stdout.readline()
    file = tmp_path / "kept.lianjie"
    told = old.run("lianjie", "backup", str(file)).removeprefix(f"{file}\n")
    assert file.stat().st_mode & 0o077 == 0
    assert "seal 1 " in told
    more = [writer.stdout.readline() for _ in range(5)]
    out, problems = writer.communicate("", timeout=60)
    assert writer.returncode == 0, problems
    written = int((out.split() or more)[-1])

    assert "already there" in old.run("lianjie", "backup", str(file), code=2)
    assert "not empty" in old.run("lianjie", "restore", str(file), code=2)

    new = Office(databases.private(), tmp_path / "new")
    (tmp_path / "new").mkdir()
    new.run("lianjie", "restore", str(file))
    new.run("lianjie", "audit", "--no-seal")
    (there,) = rows_of(new.address, "SELECT COUNT(*) FROM facts_lot")[0]
    assert 20 <= int(str(there)) < written, "the backup is of one moment while the writer went on"
    postings = "SELECT COUNT(*) FROM ledger_entry WHERE posted AND source LIKE 'lot:%'"
    assert rows_of(new.address, postings) == [(there,)], "no lot without its entry"
    for own in ("field.key", "holidays.toml"):
        assert (tmp_path / "new" / own).read_text() == (tmp_path / "old" / own).read_text()

    # Back on the old machine, over what is there: put aside, not lost; then equal to the new one.
    old.run("lianjie", "restore", str(file), "--replace")
    assert old.debits() == new.debits()
    assert told in new.run("lianjie", "backup", "--check", str(file))


def sealed(plain: bytes, passphrase: str = PASSPHRASE) -> bytes:
    to = io.BytesIO()
    with Sealing(to, passphrase) as file:
        file.write(plain)
    return to.getvalue()


def opened(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return io.BufferedReader(Opening(io.BytesIO(data), passphrase, "x")).read()


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Pieces of 64 bytes and a cheap key, so that a short text has many."""
    monkeypatch.setattr(container, "PIECE", 64)
    monkeypatch.setitem(container.COST, "n", 2)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_what_is_sealed_opens_again(size):
    assert opened(sealed(b"x" * size)) == b"x" * size


KEPT = b"".join(bytes((n,)) * 64 for n in range(5))


@given(st.data())
def test_a_changed_byte_or_a_shorter_file_does_not_open(data):
    whole = bytearray(sealed(KEPT))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] ^= data.draw(st.integers(1, 255))
    else:
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
    with pytest.raises((BackupDoesNotOpen, NotABackup)):
        opened(bytes(whole))


def test_pieces_cannot_change_places():
    whole = sealed(KEPT)
    head = whole.index(b"\n", len(container.MAGIC)) + 1
    step = 4 + 64 + 16
    first, second = whole[head : head + step], whole[head + step : head + 2 * step]
    with pytest.raises(BackupDoesNotOpen):
        opened(whole[:head] + second + first + whole[head + 2 * step :])


def test_only_the_passphrase_opens_it():
    with pytest.raises(BackupDoesNotOpen):
        opened(sealed(KEPT), "another passphrase")
    with pytest.raises(PassphraseTooShort):
        sealed(KEPT, "short")
    with pytest.raises(NotABackup):
        opened(b"PK\x03\x04")


def test_a_night_missed_is_made_up_for_and_old_ones_go():
    now = datetime(2026, 11, 26, 9)
    assert schedule.due([], now)
    assert schedule.due([datetime(2026, 11, 25, 23)], now)
    assert not schedule.due([datetime(2026, 11, 26, 2, 1)], now)
    assert not schedule.due([datetime(2026, 11, 25, 3)], datetime(2026, 11, 26, 1, 59))
    made = [datetime(2026, month, day, 2) for month in range(1, 12) for day in (1, 2, 20)]
    gone = schedule.thinned(made, now)
    assert {(each.month, each.day) for each in made if each not in gone} == {
        *((month, 1) for month in range(1, 12)),
        (11, 20),
    }


def test_one_version():
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
