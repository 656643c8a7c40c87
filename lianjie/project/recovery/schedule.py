"""A backup each night while the server runs, a seal each hour; old backups thinned out."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import seal as seals
from lianjie.project.recovery import backup

ENDING = ".lianjie"
HOUR = 3600
NIGHT = 2
"""Backups are made from two o'clock; a machine that slept then makes it when it wakes."""
DAYS, MONTHS = 14, 12


def start(say: Callable[[str], None]) -> None:
    """Begin in a thread that ends with the process."""
    threading.Thread(target=_forever, args=(say,), name="lianjie-recovery", daemon=True).start()


def once(now: datetime, say: Callable[[str], None]) -> None:
    """What is due now."""
    seals.seal()
    folder, passphrase = settings.BACKUP_FOLDER, settings.BACKUP_PASSPHRASE
    if not folder or not passphrase or not due(_times(Path(folder)), now):
        return
    backup.make(Path(folder) / name(now), passphrase, at=now)
    for stamp in thinned(_times(Path(folder)), now):
        (Path(folder) / name(stamp)).unlink(missing_ok=True)
    say(gettext("Backup made: {path}").format(path=Path(folder) / name(now)))


def due(made: Iterable[datetime], now: datetime) -> bool:
    """True when none has been made since the last night's hour."""
    night = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if night > now:
        night -= timedelta(days=1)
    return not any(each >= night for each in made)


def thinned(made: Iterable[datetime], now: datetime) -> list[datetime]:
    """Those no longer needed: older than DAYS, but for the first of each of the last MONTHS months."""
    kept, months = [], set()
    for each in sorted(made):
        old = now - each > timedelta(days=DAYS)
        first = (each.year, each.month) not in months
        months.add((each.year, each.month))
        age = (now.year - each.year) * 12 + now.month - each.month
        if old and not (first and age < MONTHS):
            kept.append(each)
    return kept


def name(at: datetime) -> str:
    """The file's name, from which its time is read again."""
    return f"{at:%Y%m%d-%H%M%S}{ENDING}"


def _times(folder: Path) -> list[datetime]:
    found = []
    for path in folder.glob(f"*{ENDING}"):
        try:
            stamp = datetime.strptime(path.name, f"%Y%m%d-%H%M%S{ENDING}")  # noqa: DTZ007  local, made aware below
        except ValueError:
            continue
        found.append(timezone.make_aware(stamp))
    return found


def _forever(say: Callable[[str], None]) -> None:
    waiting = threading.Event()
    while True:
        try:
            once(timezone.localtime(), say)
        except Refusal as refusal:
            say(refusal.say(gettext))
        except Exception as problem:  # the next hour tries again; the log says why
            say(f"{type(problem).__name__}: {problem}")
        finally:
            close_old_connections()
        waiting.wait(HOUR)
