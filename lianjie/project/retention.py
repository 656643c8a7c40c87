"""`lianjie retention`: what of the sealed personal data is due, and erasing it."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from lianjie.facts.actions import retention
from lianjie.facts.queries.retention import due
from lianjie.facts.rules.personal import WORDS


def run(*, erase: bool, say: Callable[[str], None]) -> None:
    """List what is due; with `erase` erase it, each by itself, so that a run may be ended and begun again.

    prints  a line each: what, whose, since when counted, due day, how many values, what holds it back
    """
    now = timezone.localtime()
    if erase:
        retention.overwrite()
    gone = listed = 0
    for each in list(due(now.date())):
        listed += 1
        what = gettext(WORDS.get(each.kind, each.kind))
        print(what, each.code, each.since, each.due_day, each.values, each.held_back, sep="\t")
        if erase and not each.held_back:
            gone += retention.erase(each, at=now)
    say(gettext("{count} due.").format(count=listed))
    if erase:
        retention.ran(due=listed, erased=gone)
        told = ngettext(
            "{count} value erased. Older backups still hold it.",
            "{count} values erased. Older backups still hold them.",
            gone,
        )
        say(told.format(count=gone))
