"""One file that holds everything, encrypted, and brings it back.

container.py   the file: a stream of sealed pieces, none of which can be changed, left out or moved
engines.py     the database into a file and back, on both engines, while others write
backup.py      make, check and restore; what a backup says of itself
schedule.py    a backup each night, old ones thinned out
"""

from collections.abc import Callable
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext

from lianjie.project.recovery import backup as _backup
from lianjie.project.recovery.backup import Manifest


def make(path: Path, passphrase: str, *, say: Callable[[str], None]) -> None:
    """`lianjie backup FILE`."""
    _tell(_backup.make(path, passphrase, at=timezone.now()), say)


def check(path: Path, passphrase: str, *, say: Callable[[str], None]) -> None:
    """`lianjie backup --check FILE`."""
    _tell(_backup.check(path, passphrase), say)


def restore(path: Path, passphrase: str, *, replace: bool, say: Callable[[str], None]) -> None:
    """`lianjie restore FILE`."""
    _tell(_backup.restore(path, passphrase, replace=replace, at=timezone.now(), say=say), say)


def _tell(told: Manifest, say: Callable[[str], None]) -> None:
    rows = sum(count for table, count in told.totals.items() if table not in ("fen", "goods"))
    text = gettext("{engine}, made {at}, version {version}: {rows} rows, debits of {yuan} yuan; seal {seal}")
    yuan = f"{told.totals['fen'] // 100}.{told.totals['fen'] % 100:02d}"
    say(
        text.format(
            engine=told.engine, at=told.made_at, version=told.version, rows=rows, yuan=yuan, seal=told.seal
        )
    )
