"""Build the catalogues of Simplified and Traditional Chinese, or say what stands in the way.

bin/words           write zh_Hans and zh_Hant (.po and .mo); Traditional is converted, then overridden
bin/words --check   write nothing; fail on texts without words, unused lines, unequal places
"""

import re
import sys
import tempfile
from functools import cache
from pathlib import Path

import opencc
import polib

from lianjie.locale.messages import Message, used

FOLDER = Path(__file__).resolve().parent
LANGUAGES = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant"}
PLACE = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)(?:[:!][^{}]*)?\}(?!\})")


def words() -> tuple[dict[str, str], list[str]]:
    """English -> Simplified Chinese from words/*.tsv, and the lines that cannot be used."""
    found: dict[str, str] = {}
    problems = []
    for path in sorted((FOLDER / "words").glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.name}:{number}"
            if not line.strip():
                continue
            parts = [_unescape(part) for part in line.split("\t")]
            if len(parts) != 2 or not all(part.strip() for part in parts):
                problems.append(f"{where}: write the English text, one TAB, the Chinese text")
                continue
            text, chinese = parts
            if found.get(text, chinese) != chinese:
                problems.append(f"{where}: “{text}” already has other words: “{found[text]}”")
            found[text] = chinese
            if _places(text) != _places(chinese):
                problems.append(f"{where}: the places {{…}} or %(…)s differ from the English text “{text}”")
    return found, problems


def _unescape(text: str) -> str:
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")


def _places(text: str) -> set[str]:
    return {a or b for a, b in PLACE.findall(text)}


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")  # loading its dictionaries takes longer than converting a catalogue


def traditional(simplified: str, overrides: list[tuple[str, str]]) -> str:
    """Simplified to Traditional Chinese: characters by opencc, then our own overrides."""
    text: str = _converter().convert(simplified)
    for before, after in overrides:
        text = text.replace(before, after)
    return text


def _overrides() -> list[tuple[str, str]]:
    lines = (FOLDER / "overrides.tsv").read_text(encoding="utf-8").splitlines()
    return [(before, after) for before, after in (line.split("\t") for line in lines)]


def catalogue(language: str, messages: dict[str, Message], translations: dict[str, str]) -> polib.POFile:
    """One language's catalogue, in the order of the English texts, with nothing that changes by itself."""
    po = polib.POFile(wrapwidth=100)
    po.metadata = {
        "Project-Id-Version": "lianjie",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for text, message in sorted(messages.items()):
        chinese = translations.get(text, "")
        if message.plural:
            entry = polib.POEntry(msgid=text, msgid_plural=message.plural, msgstr_plural={0: chinese})
        else:
            entry = polib.POEntry(msgid=text, msgstr=chinese)
        po.append(entry)
    return po


def write(folder: Path) -> None:
    """Write both catalogues below `folder`."""
    messages, (simplified, _) = used(), words()
    overrides = _overrides()
    for language in LANGUAGES:
        translations = {text: simplified[text] for text in messages if text in simplified}
        if language == "zh_Hant":
            translations = {text: traditional(chinese, overrides) for text, chinese in translations.items()}
        target = folder / language / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        po = catalogue(LANGUAGES[language], messages, translations)
        po.save(str(target / "django.po"))
        po.save_as_mofile(str(target / "django.mo"))


def problems() -> list[str]:
    """What a translator or author has to mend, one line each."""
    messages, (translations, found) = used(), words()
    found += [
        f"{m.where}: no words for “{text.replace(chr(10), '⏎')}”; add a line to words/*.tsv"
        for text, m in sorted(messages.items(), key=lambda pair: pair[1].where)
        if text not in translations and re.search(r"[A-Za-z]{2}", PLACE.sub("", text))
    ]
    found += [
        f"words/*.tsv: nothing uses “{text}” any more; delete its line"
        for text in translations.keys() - messages
    ]
    if not found and not _fresh():
        found.append("the catalogues are older than their words: run bin/words and commit them")
    return found


def _fresh() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        return all(
            (FOLDER / made.relative_to(folder)).is_file()
            and (FOLDER / made.relative_to(folder)).read_bytes() == made.read_bytes()
            for made in Path(folder).rglob("django.*")
        )


def main(arguments: list[str]) -> int:
    """0 when all is well."""
    if arguments not in ([], ["--check"]):
        print("bin/words [--check]", file=sys.stderr)
        return 2
    if not arguments:
        write(FOLDER)
    found = problems()
    for line in found:
        print(line)
    print(f"{len(used())} texts, {len(found)} to mend")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
