"""Mark texts for translation without translating them here.

Rules know no language. They keep the English text as it stands in the catalogue;
whoever shows it translates (`pages` with gettext) and only then fills in the names.
"""

from collections.abc import Callable, Mapping

Say = Callable[[str], str]
"""Translates one catalogue text into the reader's language."""


def N_(text: str) -> str:
    """Mark `text` for the catalogue and return it as it is."""
    return text


def english(text: str) -> str:
    """The `Say` of someone who reads English: the catalogue's own language."""
    return text


Label = Mapping[str, str]
"""What people themselves named, by language code (zh-Hans, zh-Hant, en)."""


def label_in(label: Label, language: str, otherwise: str = "") -> str:
    """The label in `language`, else in the nearest language there is."""
    chinese = ("zh-Hans", "zh-Hant", "en")
    nearest = chinese if language.startswith("zh") else ("en", "zh-Hans", "zh-Hant")
    for each in (language, *nearest):
        if label.get(each):
            return label[each]
    return next(iter(label.values()), otherwise)
