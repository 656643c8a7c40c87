"""Put a trouble to experts; opinions, prescriptions, visits, the end. Pictures are kept by their content."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.growing import CodeInUse, NoSuchBase
from lianjie.facts.actions.stock import not_in_the_future
from lianjie.facts.actions.store import Entry, Kept, Sieve, Want, base, keep, plainly, standing
from lianjie.facts.models import CaseStep, ExpertCase, GrowingBase
from lianjie.facts.queries import expert, growing
from lianjie.facts.rules.growing import UnknownPlot

LARGEST = 12 * 1024 * 1024
"""Bytes of one picture as a phone sends it."""
SIDE, PIXELS = 1920, 80_000_000
"""Kept no wider or higher than this; more points than this are not opened."""
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
KINDS = ("diagnosis", "prescription", "visit", "closed")


class PictureTooLarge(Refusal):
    what = N_("The picture is larger than {most} MiB.")
    fix = N_("Send a smaller one; the phone can reduce it.")


class NotAPicture(Refusal):
    what = N_("The file is not a JPEG, PNG or WebP picture.")
    fix = N_("Take a photo, or save the picture in one of these kinds.")


class NoSuchCase(Refusal):
    what = N_("There is no case “{number}” in these books.")
    fix = N_("Look it up in the list of cases.")


class CaseClosed(Refusal):
    what = N_("Case {number} is closed.")
    fix = N_("Open a new case, and name this one in it.")


class StepBeforeCase(Refusal):
    what = N_("{day} is before the case was opened on {opened}.")
    fix = N_("Correct the day.")


class DoseMissing(Refusal):
    what = N_("A prescription needs its dose.")
    fix = N_("Write how much of what, and how often; and the days to wait before harvest.")


class OnlyPrescriptionsWait(Refusal):
    what = N_("Only a prescription has days to wait before harvest.")
    fix = N_("Enter it as a prescription, or leave the days empty.")


def folder() -> Path:
    """Where pictures are kept."""
    return Path(settings.DATA) / "pictures"


def without_traces(content: bytes) -> tuple[bytes, str]:
    """The picture painted anew, as the eye sees it, and its ending: no place, no device, no hour of the day.

    What a phone writes beside the picture is not carried over; a turned picture is turned for good; one
    wider or higher than SIDE is made smaller. Refuses with NotAPicture.
    """
    try:
        with Image.open(BytesIO(content), formats=tuple(ENDINGS)) as found:
            kind = found.format or ""
            found.draft("RGB", (SIDE, SIDE))
            if found.width * found.height > PIXELS:
                raise NotAPicture
            turned = ImageOps.exif_transpose(found)
            turned.thumbnail((SIDE, SIDE))
            plain = Image.new("RGB", turned.size, "white")
            seen = (
                turned.convert("RGBA") if turned.mode in ("P", "LA", "RGBA", "PA") else turned.convert("RGB")
            )
            plain.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise NotAPicture from broken
    written = BytesIO()
    plain.save(written, kind, quality=85)
    return written.getvalue(), ENDINGS[kind]


def keep_picture(content: bytes) -> str:
    """Keep a picture once, without its traces, named by what is kept.

    Refuses with PictureTooLarge or NotAPicture.
    """
    if len(content) > LARGEST:
        raise PictureTooLarge(most=LARGEST // 1024 // 1024)
    clean, ending = without_traces(content)
    name = f"{hashlib.sha256(clean).hexdigest()}.{ending}"
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / name
    if not path.exists():
        partial = path.with_suffix(".part")
        partial.write_bytes(clean)
        partial.replace(path)
    return name


@dataclass(frozen=True)
class CaseGiven:
    """A trouble on a base, or on one of its plots."""

    number: str
    base: str
    plot: str
    day: date
    by: str
    symptoms: str
    photo: str = ""
    place: str = ""


@dataclass(frozen=True)
class CaseStepGiven:
    """What happened in a case."""

    case: str
    kind: str
    day: date
    person: str
    text: str
    dose: str = ""
    waiting_days: int = 0
    photo: str = ""
    place: str = ""


def open_case(
    entry: Entry,
    number: str,
    *,
    base_code: str,
    plot: str,
    day: date,
    by: str,
    symptoms: str,
    photo: str = "",
) -> Kept:
    """Put a trouble on a base, or on one of its plots, to experts.

    Refuses with NoSuchBase, UnknownPlot, NotInTheFuture or CodeInUse.
    """
    with plainly():
        return open_all(entry, [CaseGiven(number, base_code, plot, day, by, symptoms, photo)])


@transaction.atomic
def open_all(entry: Entry, given: Sequence[CaseGiven]) -> Kept:
    """Open cases as `open_case` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants = Sieve(), []
    bases = standing(GrowingBase, entry.organisation_id, (each.base for each in given))
    plots = {code: growing.plots(entry.organisation_id, code) for code in bases}
    for number, each in enumerate(given):
        with sieve.of(number):
            if each.base not in bases:
                raise NoSuchBase(code=each.base)
            not_in_the_future(each.day, entry)
            of, on = bases[each.base], plots[each.base].get(each.plot)
            if each.plot and on is None:
                raise UnknownPlot(plot=each.plot, base=each.base)
            fields = {
                "base_id": of.pk,
                "plot_id": on.pk if on else None,
                "day": each.day,
                "asked_by": each.by,
                "symptoms": each.symptoms,
                "photo": each.photo,
            }
            refers = {"base_id": each.base} | ({"plot_id": base(on.key)} if on else {})
            wants.append(Want(each.number, of.area_id, fields, each.place, refers))
    sieve.close()
    kept = keep(ExpertCase, wants, entry)
    taken = {base(row.key) for _, row in kept.corrected}
    for number, want in enumerate(wants):
        if want.key in taken:
            sieve.at[number] = CodeInUse(code=want.key)
    sieve.close()
    return kept


def add_step(
    entry: Entry,
    number: str,
    *,
    kind: str,
    day: date,
    person: str,
    text: str,
    dose: str = "",
    waiting_days: int = 0,
    photo: str = "",
) -> Kept:
    """Enter an opinion, a prescription, a visit or the end of a case. The same step again changes nothing.

    Refuses with NoSuchCase, CaseClosed, StepBeforeCase, NotInTheFuture, DoseMissing, OnlyPrescriptionsWait.
    """
    with plainly():
        given = CaseStepGiven(number, kind, day, person, text, dose, waiting_days, photo)
        return add_steps(entry, [given])


@transaction.atomic
def add_steps(entry: Entry, given: Sequence[CaseStepGiven]) -> Kept:
    """Enter steps of cases as `add_step` does, all of them or none."""
    sieve, wants = Sieve(), []
    cases = standing(ExpertCase, entry.organisation_id, (each.case for each in given))
    closed = expert.closed(entry.organisation_id, cases)
    keys = [f"{each.case}/{_said(each)}" for each in given]
    known = standing(CaseStep, entry.organisation_id, keys)
    for number, (each, key) in enumerate(zip(given, keys, strict=True)):
        with sieve.of(number):
            if each.case not in cases:
                raise NoSuchCase(number=each.case)
            of = cases[each.case]
            if each.kind == "prescription" and not each.dose.strip():
                raise DoseMissing
            if each.kind != "prescription" and each.waiting_days:
                raise OnlyPrescriptionsWait
            if each.day < of.day:
                raise StepBeforeCase(day=each.day, opened=of.day)
            not_in_the_future(each.day, entry)
            if each.case in closed and key not in known:
                raise CaseClosed(number=each.case)
            if each.kind == "closed":
                closed.add(each.case)
            fields = {
                "case_id": of.pk,
                "kind": each.kind,
                "day": each.day,
                "person": each.person,
                "text": each.text,
                "dose": each.dose,
                "waiting_days": each.waiting_days,
                "photo": each.photo,
            }
            wants.append(Want(key, of.area_id, fields, each.place, {"case_id": each.case}))
    sieve.close()
    return keep(CaseStep, wants, entry)


def _said(given: CaseStepGiven) -> str:
    text = f"{given.kind}|{given.day}|{given.person}|{given.text}|{given.dose}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]
