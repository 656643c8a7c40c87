"""Files that are no workbook of ours: empty, foreign, protected, hostile or far too long."""

import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

from lianjie.facts.rules.schema import letters
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.facts.workbook.package import ENCRYPTED, LARGEST_FILE, OLE, FileIsEmpty
from tests.facts.broken.sample import saved, title, typed

__all__ = ["FILES", "FileCase", "FileIsEmpty", "many_rows"]


@dataclass(frozen=True)
class FileCase:
    """`expected` is the class of the refusal."""

    name: str
    make: Callable[[], bytes]
    expected: str


def repacked(change: Mapping[str, bytes], *, without: str = "") -> bytes:
    """The sample as a file with some parts put in other's place, or taken out."""
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(saved(typed()))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in change and name != without:
                new.writestr(name, old.read(name))
        for name, text in change.items():
            new.writestr(name, text)
    return file.getvalue()


def bomb() -> bytes:
    """Says honestly that it unpacks to 400 MiB."""
    file = BytesIO()
    zeros = bytes(1024 * 1024)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        out.writestr("xl/workbook.xml", b"<workbook/>")
        with out.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(zeros)
    return file.getvalue()


def lying_bomb() -> bytes:
    """Says that its large part has one byte."""
    data = bytearray(repacked({"xl/media/image1.bin": bytes(5_000_000)}))
    name = b"xl/media/image1.bin"
    central = data.rindex(name) - 46
    local = data.index(name) - 30
    data[central + 24 : central + 28] = struct.pack("<I", 1)
    data[local + 22 : local + 26] = struct.pack("<I", 1)
    return bytes(data)


def entities() -> bytes:
    """A “billion laughs”: nine levels of entities, each ten of the one below."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{levels}]><sst><si><t>&l9;</t></si></sst>'
    return repacked({"xl/sharedStrings.xml": text.encode()})


def many_rows(count: int) -> bytes:
    """A workbook with that many deliveries; the sheet's XML is written by hand, for speed."""
    sheet = BY_CODE["deliveries"]
    head = "".join(
        f'<c r="{letters(n)}1" t="inlineStr"><is><t>{c.caption.hans}</t></is></c>'
        for n, c in enumerate(sheet.columns)
    )
    line = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>BD{n}</t></is></c><c r="E{n}"><v>1</v></c></row>'
    body = "".join(line.format(n=n) for n in range(2, count + 2))
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{head}</row>{body}</sheetData></worksheet>'
    )
    number = list(typed().grids).index(title("deliveries")) + 1
    return repacked({f"xl/worksheets/sheet{number}.xml": xml.encode()})


def encrypted_zip() -> bytes:
    """A zip whose first part carries the mark of encryption."""
    data = bytearray(saved(typed()))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


FILES = (
    FileCase("an_empty_file", lambda: b"", "FileIsEmpty"),
    FileCase("a_text_file", lambda: "户号,姓名\n1,张三\n".encode("gb18030"), "FileIsNoWorkbook"),
    FileCase("a_web_page_called_xlsx", lambda: b"<html><table></table></html>", "FileIsNoWorkbook"),
    FileCase(
        "a_word_document",
        lambda: repacked({"word/document.xml": b""}, without="xl/workbook.xml"),
        "FileIsNoWorkbook",
    ),
    FileCase("an_old_xls", lambda: OLE + bytes(4096), "FileIsOldExcel"),
    FileCase("a_file_with_a_password", lambda: OLE + bytes(512) + ENCRYPTED + bytes(512), "FileHasPassword"),
    FileCase("a_zip_with_a_password", encrypted_zip, "FileHasPassword"),
    FileCase("a_file_with_macros", lambda: repacked({"xl/vbaProject.bin": b"\x00"}), "FileHasMacros"),
    FileCase("half_a_file", lambda: saved(typed())[:5000], "FileIsDamaged"),
    FileCase("parts_that_are_no_xml", lambda: repacked({"xl/workbook.xml": b"<workbook"}), "FileIsDamaged"),
    FileCase("a_zip_bomb", bomb, "FileIsBomb"),
    FileCase("a_zip_bomb_that_lies", lying_bomb, "FileIsBomb"),
    FileCase("entities_that_multiply", entities, "FileIsDamaged"),
    FileCase("a_file_too_large", lambda: b"PK" + bytes(LARGEST_FILE), "FileTooLarge"),
    FileCase("a_hundred_thousand_rows", lambda: many_rows(100_000), "TooManyRows"),
)
