"""A receipt for one hand: what was weighed, handed out, lent or given back; A6 for the printer, or a picture.

Everything comes as finished texts in the reader's language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lianjie.base.words import N_, Say
from lianjie.ledger.documents import typesetting

TEMPLATE = "slip.typ"
WORDS = {"invented": N_("Invented example: no real people")}
POINTS, PIXELS = 360, 1080
"""Width of the picture."""


@dataclass(frozen=True)
class Pair:
    """A label and what stands beside it; `strong` for what counts in the end."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True)
class Slip:
    """One receipt. `state` is what must not be overlooked: that it is disputed."""

    title: str
    name: str
    code: str
    day: date
    invented: bool
    pairs: Sequence[Pair]
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    state: str = ""


def slip_pdf(slip: Slip, *, language: str, say: Say) -> bytes:
    """The receipt on A6."""
    return typesetting.pdf(TEMPLATE, _data(slip, say, 0), language=language, dated=slip.day)


def slip_png(slip: Slip, *, language: str, say: Say) -> bytes:
    """The receipt as one picture, 1080 pixels wide."""
    ppi = 72 * PIXELS / POINTS
    return typesetting.png(TEMPLATE, _data(slip, say, POINTS), language=language, dated=slip.day, ppi=ppi)


def _data(slip: Slip, say: Say, phone: int) -> dict[str, Any]:
    return {
        "title": slip.title,
        "words": {key: say(text) for key, text in WORDS.items()},
        "issuer": {
            "name": slip.name, "code": slip.code, "area": "", "invented": slip.invented, "mark": slip.state
        },
        "pairs": [[pair.label, pair.value, pair.strong] for pair in slip.pairs],
        "notes": list(slip.notes),
        "signatures": list(slip.signatures),
        "phone": phone,
    }  # fmt: skip
