"""Mark texts for translation without translating them here.

Rules know no language. They keep the English text as it stands in the catalogue;
whoever shows it translates (`pages` with gettext) and only then fills in the names.
"""

from collections.abc import Callable

Say = Callable[[str], str]
"""Translates one catalogue text into the reader's language."""


def N_(text: str) -> str:
    """Mark `text` for the catalogue and return it as it is."""
    return text


def english(text: str) -> str:
    """The `Say` of someone who reads English: the catalogue's own language."""
    return text
