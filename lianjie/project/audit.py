"""`lianjie audit`: hold the books against their seals, seal what is new, print the head of the chain."""

from collections.abc import Callable

from django.utils.translation import gettext, ngettext

from lianjie.facts.actions import keys
from lianjie.facts.actions import seal as seals
from lianjie.facts.queries import audit


def run(*, seal: bool, say: Callable[[str], None]) -> None:
    """Refuses with ChainBroken or SealedValuesChanged when something was changed; nothing is sealed then.

    prints  number and digest of the last seal, one line, to be kept elsewhere
    """
    seals.check()
    keys.check()
    if seal:
        seals.seal()
    last = audit.last_seal()
    if last is None:
        say(gettext("Nothing has been sealed yet."))
        return
    say(ngettext("{count} seal holds.", "All {count} seals hold.", last.number).format(count=last.number))
    print(last.number, last.digest)
