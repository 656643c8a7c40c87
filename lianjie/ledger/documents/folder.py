"""All files of one settlement in one folder: all of them or none, and on a rerun the same bytes.

allotments.xlsx              the allotment workbook
statements.pdf               all statements, a list to sign in front; beyond 200 statements-2.pdf and so on
statements/CODE-name.pdf     one statement each
notice.pdf, notice.png       the masked notice; several pictures (notice-2.png ...) when it is long
journal.hledger, journal.beancount
settlement.json
"""

import filecmp
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.ledger.documents.allotment_workbook import allotment_xlsx
from lianjie.ledger.documents.beancount import beancount_text
from lianjie.ledger.documents.hledger import hledger_text
from lianjie.ledger.documents.notice import notice_pdf, notice_pngs
from lianjie.ledger.documents.papers import Papers
from lianjie.ledger.documents.settlement_json import settlement_json
from lianjie.ledger.documents.statement import statement_pdf, statements_pdf
from lianjie.ledger.rules.accounts import Chart
from lianjie.ledger.rules.entry import Entry

Progress = Callable[[int, int, str], None]
"""Called after each file: how many are done, of how many, and its name."""

UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
NAME_LENGTH = 60
STATEMENTS_IN_A_FILE = 200
OURS = re.compile(
    r"allotments\.xlsx|statements|(statements|notice)(-\d+)?\.(png|pdf)|journal\.(hledger|beancount)|settlement\.json"
)


class NotAFolder(Refusal):
    what = N_("{path} is a file, not a folder.")
    fix = N_("Name a folder for the files; it is made when it is not there.")


def write_all(
    out: Path,
    papers: Papers,
    *,
    entries: Iterable[Entry] = (),
    chart: Chart | None = None,
    progress: Progress = lambda done, total, name: None,
) -> list[Path]:
    """Write every file of the settlement into `out`; the journal only when a chart is given.

    The files appear together, once all are written. Files of other names in `out` stay; a rerun of the same
    papers touches nothing. Refuses with NotAFolder.
    """
    if out.exists() and not out.is_dir():
        raise NotAFolder(path=out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        fresh.chmod(0o755)
        writers = list(_writers(papers, list(entries), chart))
        for done, (name, content) in enumerate(writers, 1):
            path = fresh / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content())
            progress(done, len(writers), name)
        names = [name for name, _ in writers]
        if not _same(fresh, out, names):
            _put_in_place(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return [out / name for name in names]


def _writers(
    papers: Papers, entries: Sequence[Entry], chart: Chart | None
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Each file's name and what makes its content, in the order they are written."""
    yield "allotments.xlsx", partial(_workbook, papers)
    yield "notice.pdf", partial(notice_pdf, papers)
    pictures = notice_pngs(papers)
    for number, picture in enumerate(pictures, 1):
        yield _numbered("notice", number, "png"), partial(bytes, picture)
    if chart is not None:
        title = f"{papers.issuer.name} {papers.issuer.code} {papers.issuer.year}"
        for name, text in (("journal.hledger", hledger_text), ("journal.beancount", beancount_text)):
            yield name, partial(_journal, text, entries, chart, papers, title)
    for name, code in statement_names(papers).items():
        yield f"statements/{name}", partial(statement_pdf, papers, code)
    codes = [each.code for each in papers.recipients]
    for number, start in enumerate(range(0, max(len(codes), 1), STATEMENTS_IN_A_FILE), 1):
        part = codes[start : start + STATEMENTS_IN_A_FILE]
        yield _numbered("statements", number, "pdf"), partial(statements_pdf, papers, part)
    yield "settlement.json", lambda: settlement_json(papers).encode()


def _numbered(stem: str, number: int, ending: str) -> str:
    return f"{stem}.{ending}" if number == 1 else f"{stem}-{number}.{ending}"


def _workbook(papers: Papers) -> bytes:
    target = BytesIO()
    allotment_xlsx(target, papers)
    return target.getvalue()


def _journal(
    text: Callable[..., str], entries: Sequence[Entry], chart: Chart, papers: Papers, title: str
) -> bytes:
    return text(entries, chart, papers.language, say=papers.say, title=title).encode()


def statement_names(papers: Papers) -> dict[str, str]:
    """File name -> recipient. Names every file system takes, no two alike even where case does not count."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for each in papers.recipients:
        stem = UNSAFE.sub("_", f"{each.code}-{each.name}" if each.name else each.code)[:NAME_LENGTH]
        stem = stem.strip(" .") or "_"
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        found[f"{name}.pdf"] = each.code
    return found


def _same(fresh: Path, out: Path, names: Sequence[str]) -> bool:
    """True when `out` holds exactly these files of ours already, byte for byte."""
    if not out.is_dir():
        return False
    ours = {path.relative_to(out).as_posix() for each in _ours(out) for path in (each, *each.rglob("*"))}
    if {name for name in ours if name != "statements"} != set(names):
        return False
    return all(filecmp.cmp(fresh / name, out / name, shallow=False) for name in names)


def _ours(out: Path) -> list[Path]:
    return [path for path in sorted(out.iterdir()) if OURS.fullmatch(path.name)]


def _put_in_place(fresh: Path, out: Path) -> None:
    """Put the new folder where the old one was; other people's files come along as copies first."""
    if not out.exists():
        fresh.rename(out)
        return
    for path in out.iterdir():
        if not OURS.fullmatch(path.name):
            copy = shutil.copytree if path.is_dir() else shutil.copy2
            copy(path, fresh / path.name)
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old)
