"""Put a trouble to experts; opinions, prescriptions, visits, the end. Pictures are kept by their content."""

import hashlib
from datetime import date
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.growing import CodeInUse, NoSuchBase
from lianjie.facts.actions.store import Entry, Kept, Want, base, keep
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


@transaction.atomic
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

    Refuses with NoSuchBase, UnknownPlot or CodeInUse.
    """
    of = growing.standing(GrowingBase, entry.organisation_id, base_code)
    if of is None:
        raise NoSuchBase(code=base_code)
    on = growing.plots(entry.organisation_id, base_code).get(plot)
    if plot and on is None:
        raise UnknownPlot(plot=plot, base=base_code)
    fields = {
        "base_id": of.pk,
        "plot_id": on.pk if on else None,
        "day": day,
        "asked_by": by,
        "symptoms": symptoms,
        "photo": photo,
    }
    refers = {"base_id": base_code} | ({"plot_id": base(on.key)} if on else {})
    kept = keep(ExpertCase, [Want(number, of.area_id, fields, refers=refers)], entry)
    if kept.corrected:
        raise CodeInUse(code=number)
    return kept


@transaction.atomic
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

    Refuses with NoSuchCase, CaseClosed, StepBeforeCase, DoseMissing or OnlyPrescriptionsWait.
    """
    of = growing.standing(ExpertCase, entry.organisation_id, number)
    if of is None:
        raise NoSuchCase(number=number)
    found = expert.case(entry.organisation_id, number)
    assert found is not None
    if kind == "prescription" and not dose.strip():
        raise DoseMissing
    if kind != "prescription" and waiting_days:
        raise OnlyPrescriptionsWait
    if day < found.day:
        raise StepBeforeCase(day=day, opened=found.day)
    said = hashlib.sha256(f"{kind}|{day}|{person}|{text}|{dose}".encode()).hexdigest()[:12]
    key = f"{number}/{said}"
    known = CaseStep.objects.current().filter(organisation_id=entry.organisation_id, key=key).exists()
    if found.closed and not known:
        raise CaseClosed(number=number)
    fields = {
        "case_id": of.pk,
        "kind": kind,
        "day": day,
        "person": person,
        "text": text,
        "dose": dose,
        "waiting_days": waiting_days,
        "photo": photo,
    }
    return keep(CaseStep, [Want(key, of.area_id, fields, refers={"case_id": number})], entry)
