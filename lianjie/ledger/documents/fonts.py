"""The printing font, and which characters it lacks.

Typst prints an empty box for a character no font has and says nothing. So every text that goes to print is
held against the font's own table first; what is missing is printed as its code point in brackets, and
`missing` names it as a finding.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from noto_cjk_sans_otc import FONT_PATH

from lianjie.base.refusal import Finding
from lianjie.base.words import N_

FAMILIES = {"zh-Hans": "Noto Sans CJK SC", "zh-Hant": "Noto Sans CJK TC", "en": "Noto Sans CJK SC"}
FOLDER = Path(str(FONT_PATH)).parent

MISSING = N_("The printing font lacks “{character}” ({point}) in “{text}”; it is printed as {printed}.")
INVISIBLE = frozenset("\n\t\u200b")


def printable(text: str) -> str:
    """`text` with every character the font lacks written as its code point: never an empty box."""
    if text.isascii() and text.isprintable():
        return text
    starts, ends = _coverage()
    if all(_has(each, starts, ends) for each in text):
        return text
    return "".join(each if _has(each, starts, ends) else _point(each) for each in text)


def lacking(text: str) -> str:
    """The characters of `text` that the font lacks, each once."""
    starts, ends = _coverage()
    return "".join(dict.fromkeys(each for each in text if not _has(each, starts, ends)))


def missing(texts: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """A finding for each (where, text) that cannot be printed as it is written."""
    return tuple(
        Finding(
            "character-not-in-font",
            MISSING,
            {
                "character": character,
                "point": f"U+{ord(character):04X}",
                "text": text,
                "printed": _point(character),
            },
            "warning",
            where,
        )
        for where, text in texts
        for character in lacking(text)
    )


def _point(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _has(character: str, starts: list[int], ends: list[int]) -> bool:
    if character in INVISIBLE:
        return True
    code = ord(character)
    at = bisect_right(starts, code) - 1
    return at >= 0 and code <= ends[at]


@lru_cache(maxsize=1)
def _coverage() -> tuple[list[int], list[int]]:
    """First and last code points of each run the first font of the collection has: its cmap, format 12."""
    data = Path(str(FONT_PATH)).read_bytes()
    offset = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, offset + 4)[0]
    for each in range(tables):
        tag, _, at, _ = struct.unpack_from(">4sIII", data, offset + 12 + 16 * each)
        if tag == b"cmap":
            return _runs(data, at)
    raise ValueError(f"{FONT_PATH} has no cmap")


def _runs(data: bytes, cmap: int) -> tuple[list[int], list[int]]:
    for each in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * each)[2]
        if struct.unpack_from(">H", data, at)[0] == 12:
            count = struct.unpack_from(">I", data, at + 12)[0]
            flat = struct.unpack_from(f">{3 * count}I", data, at + 16)
            return list(flat[0::3]), list(flat[1::3])
    raise ValueError(f"{FONT_PATH} has no table of all its characters")
