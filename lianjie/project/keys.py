"""`lianjie keys`: which keys seal personal data, and turning them."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from lianjie.facts import keyring
from lianjie.facts.actions import keys


def run(act: str, number: int | None, *, say: Callable[[str], None]) -> None:
    """Do one of list, new, reseal, retire.

    prints  the ring afterwards, a line a key from the oldest: id, when made, how many values hang on it
    """
    if act == "new":
        made = keys.new(at=timezone.now())
        say(gettext("Key {id} seals from now on.").format(id=made.id))
    elif act == "reseal":
        count = keys.reseal(lambda done, total: say(f"{done}/{total}"))
        told = ngettext("{count} value was sealed anew.", "{count} values were sealed anew.", count)
        say(told.format(count=count))
    elif act == "retire":
        keys.retire(-1 if number is None else number, at=timezone.now())
        say(gettext("Key {id} is out of the ring.").format(id=number))
    ring, used = keyring.ring(), keys.in_use()
    for key in ring.keys:
        made_at = f"{key.made_at.astimezone():%Y-%m-%d %H:%M}" if key.made_at else "-"
        seals = "*" if key is ring.newest else ""
        print(key.id, made_at, sum(used.get(key.id, {}).values()), seals, sep="\t")
