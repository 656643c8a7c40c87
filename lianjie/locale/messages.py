"""Every English text the product can show, found where it is written.

In Python the first argument of N_(), gettext() and their kin; in templates what Django's own reader
finds in {% translate %}, {% blocktranslate %} and _("..."); in dated figures the law they come from.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

SOURCE = re.compile(r'^(?:\w+_)?source = "([A-Za-z][^"]*)"$')
"""Where a figure comes from, in English; one that is written in Chinese is shown as it is."""
PACKAGE = Path(__file__).resolve().parents[1]
SINGLE = {"N_", "_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*({STRING})(?:\s*,\s*({STRING}))?")


@dataclass(frozen=True)
class Message:
    """A text of the catalogue; `plural` is its English plural, where it has one."""

    text: str
    plural: str = ""
    where: str = ""


class Unreadable(Exception):
    """A marked text that no catalogue can hold."""


def used() -> dict[str, Message]:
    """Text -> where it is first used."""
    found: dict[str, Message] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if "migrations" in path.parts or PACKAGE / "locale" in path.parents:
            continue
        where = path.relative_to(PACKAGE.parent).as_posix()
        if path.suffix == ".py":
            messages = _in_python(path.read_text(encoding="utf-8"), where)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            messages = _in_template(path.read_text(encoding="utf-8"), where)
        elif path.suffix == ".toml" and "parameters" in path.parts:
            messages = _in_figures(path.read_text(encoding="utf-8"), where)
        else:
            continue
        for message in messages:
            if message.text not in found or (message.plural and not found[message.text].plural):
                found[message.text] = message
    return found


def _in_python(source: str, where: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SINGLE | PLURAL:
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in SINGLE and texts:
            yield Message(texts[0], where=f"{where}:{node.lineno}")
        elif name in PLURAL and len(texts) >= 2:
            yield Message(texts[0], texts[1], f"{where}:{node.lineno}")
        elif name == "N_":
            raise Unreadable(f"{where}:{node.lineno}: N_() takes a text written out, not a name or f-string")


def _in_figures(text: str, where: str) -> Iterator[Message]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := SOURCE.fullmatch(line):
            yield Message(match.group(1), where=f"{where}:{number}")


def _in_template(source: str, where: str) -> Iterator[Message]:
    for number, line in enumerate(templatize(source).split("\n"), 1):
        for match in IN_TEMPLATE.finditer(line):
            if match.group(1) in {"pgettext", "npgettext"}:
                raise Unreadable(f"{where}:{number}: context is not kept in words/*.tsv; word the text apart")
            text = ast.literal_eval(match.group(2))
            plural = ast.literal_eval(match.group(3)) if match.group(1) == "ngettext" else ""
            yield Message(text, plural, f"{where}:{number}")
