"""An .xlsx file as a package of parts, unpacked under a cap; what it must not be.

Sizes in a zip's directory can lie, so every part is really unpacked, and never beyond what is left of
the cap. Nothing here parses a sheet.
"""

import re
import struct
import zipfile
import zlib
from io import BytesIO
from xml.etree import ElementTree

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

MIB = 1024 * 1024
LARGEST_FILE = 20 * MIB
LARGEST_UNPACKED = 300 * MIB
MOST_PARTS = 2000
MOST_ROWS = 50_000
MOST_COLUMNS = 200
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class FileIsEmpty(Refusal):
    what = N_("The file is empty (0 bytes).")
    fix = N_("Save the workbook again in Excel or WPS and send that file.")


class FileTooLarge(Refusal):
    what = N_("The file has {size} MiB; at most {most} MiB are read.")
    fix = N_("Remove pictures and unused sheets, or split the rows into two workbooks of the same year.")


class FileIsNoWorkbook(Refusal):
    what = N_("The file is not an Excel workbook (.xlsx).")
    fix = N_("Open it in Excel or WPS and save it as “Excel workbook (.xlsx)”.")


class FileIsOldExcel(Refusal):
    what = N_("The file is in the old Excel format (.xls).")
    fix = N_("Open it in Excel or WPS and save it as “Excel workbook (.xlsx)”.")


class FileHasPassword(Refusal):
    what = N_("The file is protected by a password.")
    fix = N_("Save it without a password; the system keeps who may see it.")


class FileHasMacros(Refusal):
    what = N_("The file holds macros ({part}).")
    fix = N_("Save it as “Excel workbook (.xlsx)”, which holds none.")


class FileIsBomb(Refusal):
    what = N_("The file unpacks to more than {most} MiB; it is not a workbook of facts.")
    fix = N_("Copy the rows into a fresh template.")


class FileIsDamaged(Refusal):
    what = N_("The file cannot be read: it is cut off or damaged ({part}).")
    fix = N_("Open it in Excel or WPS, save it again and send that file.")


class Package:
    """The parts of an .xlsx file."""

    def __init__(self, data: bytes, largest: int = LARGEST_FILE) -> None:
        """Refuses what is no plain workbook, or larger than `largest` bytes, before anything is parsed."""
        _refuse_other_files(data, largest)
        self.data = data
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, struct.error):
            raise FileIsDamaged(part="zip") from None
        self._parts = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        self._refuse_other_packages()
        self._texts = self._unpacked()

    def _refuse_other_packages(self) -> None:
        if len(self._parts) > MOST_PARTS:
            raise FileIsBomb(most=LARGEST_UNPACKED // MIB)
        if sum(info.file_size for info in self._parts.values()) > LARGEST_UNPACKED:
            raise FileIsBomb(most=LARGEST_UNPACKED // MIB)
        for name in self._parts:
            if name.endswith(("vbaProject.bin", "macrosheets")) or "/macrosheets/" in name:
                raise FileHasMacros(part=name)
        if "xl/workbook.xml" not in self._parts:
            raise FileIsNoWorkbook

    def _unpacked(self) -> dict[str, bytes]:
        """Every part, really unpacked; pictures and the like are only counted."""
        left = LARGEST_UNPACKED
        texts = {}
        for name, info in self._parts.items():
            text = self._unpack(name, info, left)
            left -= len(text)
            if name.endswith((".xml", ".rels")):
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise FileIsDamaged(part=name)
                texts[name] = text
        return texts

    def _unpack(self, name: str, info: zipfile.ZipInfo, left: int) -> bytes:
        if info.flag_bits & 0x1:
            raise FileHasPassword
        start = info.header_offset
        if start < 0 or len(self.data) < start + 30:
            raise FileIsDamaged(part=name)
        name_length, extra_length = struct.unpack("<HH", self.data[start + 26 : start + 30])
        begin = start + 30 + name_length + extra_length
        packed = self.data[begin : begin + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            return packed
        if info.compress_type != zipfile.ZIP_DEFLATED:
            raise FileIsDamaged(part=name)
        stream = zlib.decompressobj(-15)
        try:
            text = stream.decompress(packed, left + 1)
        except zlib.error:
            raise FileIsDamaged(part=name) from None
        if len(text) > left or len(text) != info.file_size:
            raise FileIsBomb(most=LARGEST_UNPACKED // MIB)
        return text

    def sheet_parts(self) -> dict[str, bytes]:
        """Title of a tab -> the XML of its sheet."""
        try:
            book = ElementTree.fromstring(self._texts["xl/workbook.xml"])
            links = ElementTree.fromstring(self._texts["xl/_rels/workbook.xml.rels"])
        except (KeyError, ElementTree.ParseError):
            raise FileIsDamaged(part="xl/workbook.xml") from None
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        found = {}
        for tab in book.iterfind(".//{*}sheets/{*}sheet"):
            target = targets.get(tab.get(RELATION), "")
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[tab.get("name", "")] = self._texts.get(name, b"")
        return found


def _refuse_other_files(data: bytes, largest: int) -> None:
    if not data:
        raise FileIsEmpty
    if len(data) > largest:
        raise FileTooLarge(size=-(-len(data) // MIB), most=largest // MIB)
    if data.startswith(OLE):
        raise FileHasPassword if ENCRYPTED in data else FileIsOldExcel
    if not data.startswith(b"PK"):
        raise FileIsNoWorkbook


CELL = rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}[0-9]+)"'
FORMULA = re.compile(CELL + rb"[^>]*>\s*<(?:\w+:)?f[\s/>]")
ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3}[0-9]+)"[^>]*>.*?<(?:\w+:)?v>([^<]*)'
)
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
FILLED = re.compile(CELL + rb"[^>]*[^/]>\s*<(?:\w+:)?(?:v|is|f)[\s/>]")
WIDE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{2,3})[0-9]+"')


def formulas(sheet: bytes) -> list[str]:
    """Cells that are counted by a formula ("B7")."""
    return [ref.decode() for ref in FORMULA.findall(sheet)] if b"<f" in sheet or b":f" in sheet else []


def errors(sheet: bytes) -> list[tuple[str, str]]:
    """Cells that show an error, and which: ("B7", "#REF!")."""
    if b't="e"' not in sheet:
        return []
    return [(ref.decode(), text.decode()) for ref, text in ERROR.findall(sheet)]


def last_row(sheet: bytes) -> int:
    """Number of the last row that holds something. Looked at closely only when it might be too far."""
    rows = max((int(n) for n in ROW.findall(sheet)), default=0)
    if rows <= MOST_ROWS + 1:
        return rows
    return max((int(re.sub(rb"[A-Z]", b"", ref)) for ref in FILLED.findall(sheet)), default=0)


def last_column(sheet: bytes) -> int:
    """Number of the last column of the sheet beyond Z; 26 at least."""
    return max((_number(ref) for ref in set(WIDE.findall(sheet))), default=26)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
