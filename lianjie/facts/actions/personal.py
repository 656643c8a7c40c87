"""See, enter and correct personal data: nobody sees a value whole without a purpose and a line in the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from lianjie.base.acting import acting
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import sealing
from lianjie.facts.actions import bank, child, details, registry
from lianjie.facts.actions.audit import note
from lianjie.facts.models import (
    Correction,
    CorrectionRequest,
    FileRows,
    HoldLifted,
    LegalHold,
    LiftRequest,
    Party,
    Person,
    PersonalDetail,
    Residence,
    Ruling,
    Seen,
)
from lianjie.facts.queries import personal as queries
from lianjie.facts.queries.bank import subject
from lianjie.facts.queries.retention import lift_reference
from lianjie.facts.rules import identity
from lianjie.facts.rules import personal as rules
from lianjie.facts.rules.personal import WORDS


class NothingHeld(Refusal):
    what = N_("Nothing of that kind is kept of {party}.")
    fix = N_("Enter it first, or choose something else.")


class EnteredAlready(Refusal):
    what = N_("{party} has that entered already.")
    fix = N_("Ask for a correction; another person then looks at it.")


class SameAsRegistered(Refusal):
    what = N_("That is what is registered already.")
    fix = N_("Nothing needs to be corrected.")


class NotOfThisKind(Refusal):
    what = N_("A household or organisation has no such field: {what}.")
    fix = N_("Open the person of the household whose it is.")
    words = ("what",)


class NumberOfAnother(Refusal):
    what = N_("Somebody else is registered with this identity number: {code}.")
    fix = N_("Look which of the two is right; one of them may be registered twice.")


class WaitsAlready(Refusal):
    what = N_("A correction of this field waits for approval already: number {number}.")
    fix = N_("Let it be approved or rejected first.")


class HoldWithoutReason(Refusal):
    what = N_("A hold, and its end, need their reason.")
    fix = N_("Name the case, the letter or the authority.")


@dataclass(frozen=True)
class SeeAsked:
    """Who is looked at, which kinds, for which purpose (code of parameters/purposes.toml), and why now."""

    organisation_id: int
    party_id: int
    kinds: tuple[str, ...]
    purpose: str
    reason: str


@dataclass(frozen=True)
class CorrectionAsked:
    """A correction as it is asked for; `value` as typed, a village by its code."""

    organisation_id: int
    party_id: int
    field: str
    value: str
    reason: str
    evidence: str = ""


@transaction.atomic
def see(asked: SeeAsked, *, at: datetime, by: int) -> list[tuple[str, str]]:
    """(kind, whole text), with a line in the log. Both or neither.

    Refuses with PurposeUnknown, PurposeDoesNotCover, PurposeWithoutReason, NothingHeld, or as `child.check`.
    """
    purpose = rules.purpose_for(queries.purposes(at.date()), asked.purpose, asked.kinds, asked.reason)
    child.check(asked.party_id, purpose, at.date())
    found = queries.opened(asked.organisation_id, asked.party_id, asked.kinds)
    if not found:
        raise NothingHeld(party=Party.objects.get(pk=asked.party_id).name)
    kinds = tuple(dict.fromkeys(kind for kind, _ in found))
    log_seen(
        [asked.party_id], kinds, purpose=asked.purpose, reason=asked.reason,
        organisation_id=asked.organisation_id, at=at, by=by,
    )  # fmt: skip
    return found


@transaction.atomic
def take_everything(asked: SeeAsked, *, at: datetime, by: int) -> list[tuple[str, str]]:
    """(kind, whole text) for a file with all that is held, of the kinds the purpose needs; with a log line.

    Refuses with PurposeUnknown, PurposeWithoutReason or as `child.check` does.
    """
    purpose = rules.purpose_for(queries.purposes(at.date()), asked.purpose, (), asked.reason)
    child.check(asked.party_id, purpose, at.date())
    log_seen(
        [asked.party_id], ("person",), purpose=asked.purpose, reason=asked.reason,
        organisation_id=asked.organisation_id, at=at, by=by,
    )  # fmt: skip
    return queries.opened(asked.organisation_id, asked.party_id, purpose.kinds)


def log_seen(
    party_ids: Iterable[int],
    kinds: tuple[str, ...],
    *,
    purpose: str,
    organisation_id: int | None,
    at: datetime,
    by: int | None,
    reason: str = "",
    subject: str = "",
    strangers: int = 0,
) -> None:
    """Keep that sealed data of these people were seen. Call it inside the transaction that opens them.

    strangers  how many people who are not registered were in it: one line for all
    """
    who = acting()
    told = {
        "at": at, "by_id": by, "door": who.door, "address": who.address[:45], "device": who.device[:120],
        "organisation_id": organisation_id, "what": " ".join(kinds), "purpose": purpose[:30],
        "reason": reason.strip()[:300], "subject": subject[:160],
    }  # fmt: skip
    ids = sorted(set(party_ids))
    rows = []
    for start in range(0, len(ids), 900):
        homes = Party.objects.filter(pk__in=ids[start : start + 900]).values_list("pk", "area_id")
        rows += [Seen(party_id=pk, area_id=area, **told) for pk, area in homes]
    if strangers:
        area = Party.objects.filter(pk=organisation_id).values_list("area_id", flat=True).first()
        rows.append(Seen(count=strangers, area_id=area, **told))
    Seen.objects.bulk_create(rows, batch_size=500)


def log_file(
    *,
    organisation_id: int | None,
    area_code: str = "",
    party_id: int | None = None,
    subject: str,
    at: datetime,
    by: int | None,
) -> int:
    """Keep that a file naming people was taken: its address tells which, and how it was narrowed.

    party_id  the one household or person it is about; None for a list
    returns   the line's id, for `log_rows`
    """
    who = acting()
    area = registry.area_ids([area_code]).get(area_code) if area_code else None
    at_home = party_id if party_id is not None else organisation_id
    if at_home is not None:
        area = Party.objects.values_list("area_id", flat=True).get(pk=at_home)
    row = Seen.objects.create(
        at=at, by_id=by, door=who.door, address=who.address[:45], device=who.device[:120], party_id=party_id,
        organisation_id=organisation_id, area_id=area, what="file", purpose="file", subject=subject[:160],
    )  # fmt: skip
    return int(row.pk)


def log_rows(seen_id: int, rows: int) -> None:
    """Keep how many rows a file had, once it left whole."""
    FileRows.objects.create(seen_id=seen_id, rows=rows)


@transaction.atomic
def enter(asked: CorrectionAsked, *, at: datetime, by: int | None) -> None:
    """Enter a phone, a reason of health, an identity number or a day of birth that was not known before.

    Refuses with EnteredAlready, NotOfThisKind, NumberOfAnother or what `rules.corrected` refuses.
    """
    party = Party.objects.select_for_update().get(pk=asked.party_id)
    value = _fit(party, asked.field, asked.value)
    if asked.field in ("name", "village") or _registered(party, asked.field):
        raise EnteredAlready(party=party.name)
    if not value:
        raise SameAsRegistered
    _apply(party, asked.field, value, reason=asked.reason, at=at, by=by)
    note("personal:enter", subject=party.code, organisation_id=asked.organisation_id, text=asked.field, by=by)


@transaction.atomic
def ask(asked: CorrectionAsked, *, at: datetime, by: int) -> CorrectionRequest:
    """Ask for a correction; it waits for another person. The same one asked again is the one that waits.

    Refuses with SameAsRegistered, WaitsAlready, PurposeWithoutReason and as `enter` does.
    """
    Party.objects.select_for_update().get(pk=asked.organisation_id)
    party = Party.objects.select_related("area").get(pk=asked.party_id)
    value = _fit(party, asked.field, asked.value)
    if len(asked.reason.strip()) < 2:
        raise rules.PurposeWithoutReason
    before = _registered(party, asked.field)
    if value == before:
        raise SameAsRegistered
    for row in CorrectionRequest.objects.filter(party_id=party.pk, field=asked.field).order_by("-pk")[:5]:
        if not Ruling.objects.filter(subject=f"{row.organisation_id}/{row.reference}").exists():
            if row.organisation_id == asked.organisation_id and queries.value(row, "after") == value:
                return row
            raise WaitsAlready(number=row.number)
    of_books = CorrectionRequest.objects.filter(organisation_id=asked.organisation_id)
    number = (of_books.aggregate(last=Max("number"))["last"] or 0) + 1
    sealed: dict[str, Any] = {}
    for side, text in (("before", before), ("after", value)):
        name = sealing.request_row(asked.organisation_id, number, side)
        sealed[f"{side}_sealed"] = sealing.seal(text, name)
        sealed[f"{side}_digest"] = sealing.digest(sealed[f"{side}_sealed"], name)
    made = CorrectionRequest.objects.create(
        organisation_id=asked.organisation_id, number=number, party=party, field=asked.field,
        reason=asked.reason.strip()[:300], evidence=asked.evidence.strip()[:300], at=at, by_id=by, **sealed,
    )  # fmt: skip
    note("personal:ask", subject=party.code, organisation_id=asked.organisation_id, text=asked.field, by=by)
    return made


@transaction.atomic
def rule(
    organisation_id: int, number: int, *, verdict: str, reason: str, at: datetime, by: int
) -> CorrectionRequest:
    """Approve a correction, which then stands, or reject it. What was registered stays as a correction.

    Refuses with NothingToRule, OwnWork, RejectedWithoutReason; with NumberOfAnother or SameAsRegistered when
    the registry changed since.
    """
    row = CorrectionRequest.objects.filter(organisation_id=organisation_id, number=number).first()
    if row is None:
        raise bank.NothingToRule(subject=str(number))
    seen = {
        "party": row.party.code,
        "field": row.field,
        "before": queries.shown(row, "before"),
        "after": queries.shown(row, "after"),
    }
    bank.rule(
        organisation_id, row.reference, maker=row.by_id, seen=seen, verdict=verdict, reason=reason, at=at,
        by=by,
    )  # fmt: skip
    if verdict == "approved":
        party = Party.objects.select_for_update().select_related("area").get(pk=row.party_id)
        value = _fit(party, row.field, queries.value(row, "after"))
        _apply(party, row.field, value, reason=row.reason, at=at, by=by)
    return row


@transaction.atomic
def hold(
    organisation_id: int, party_id: int | None, *, why: str, until_day: date | None, at: datetime, by: int
) -> LegalHold:
    """Nothing is erased while it stands: of one party, or of everybody in these books."""
    if len(why.strip()) < 2:
        raise HoldWithoutReason
    row = LegalHold.objects.create(
        organisation_id=organisation_id, party_id=party_id, why=why.strip()[:300], until_day=until_day,
        at=at, by_id=by,
    )  # fmt: skip
    note(
        "personal:hold", subject=row.party.code if row.party else "", organisation_id=organisation_id,
        text=row.why, by=by,
    )  # fmt: skip
    return row


@transaction.atomic
def ask_lift(organisation_id: int, hold_id: int, *, reason: str, at: datetime, by: int) -> LiftRequest:
    """Ask that a hold ends; it stands until another person agrees. Asked again while it waits: the same one.

    Refuses with HoldWithoutReason or NothingToRule.
    """
    row = _standing(organisation_id, hold_id, at)
    if len(reason.strip()) < 2:
        raise HoldWithoutReason
    waits = _waiting(row)
    if waits is not None:
        return waits
    made = LiftRequest.objects.create(hold=row, reason=reason.strip()[:300], at=at, by_id=by)
    note(
        "personal:ask-lift", subject=row.party.code if row.party else "", organisation_id=organisation_id,
        text=made.reason, by=by,
    )  # fmt: skip
    return made


@transaction.atomic
def rule_lift(
    organisation_id: int, hold_id: int, *, verdict: str, reason: str, at: datetime, by: int
) -> None:
    """Agree that a hold ends, or say why it stays.

    Refuses with NothingToRule, OwnWork or RejectedWithoutReason.
    """
    row = _standing(organisation_id, hold_id, at)
    waits = _waiting(row)
    if waits is None:
        raise bank.NothingToRule(subject=row.why)
    seen = {"party": row.party.code if row.party else "", "why": row.why, "reason": waits.reason}
    bank.rule(
        organisation_id, lift_reference(waits.pk), maker=waits.by_id, seen=seen, verdict=verdict,
        reason=reason, at=at, by=by,
    )  # fmt: skip
    if verdict == "approved":
        HoldLifted.objects.create(hold=row, reason=waits.reason, at=at, by_id=by)
        note(
            "personal:lift", subject=row.party.code if row.party else "", organisation_id=organisation_id,
            text=waits.reason, by=by,
        )  # fmt: skip


def _standing(organisation_id: int, hold_id: int, at: datetime) -> LegalHold:
    rows = queries.standing_holds(at.date()).filter(organisation_id=organisation_id, pk=hold_id)
    row = rows.select_for_update(of=("self",)).select_related("party").first()
    if row is None:
        raise bank.NothingToRule(subject=str(hold_id))
    return row


def _waiting(row: LegalHold) -> LiftRequest | None:
    """What was asked last, if nobody ruled on it."""
    asked = LiftRequest.objects.filter(hold=row).order_by("-pk").first()
    if asked is None:
        return None
    name = subject(row.organisation_id, lift_reference(asked.pk))
    return None if Ruling.objects.filter(subject=name).exists() else asked


def _fit(party: Party, field: str, value: str) -> str:
    """The value as it is kept, fit for this party."""
    if field not in rules.CORRECTABLE or (party.kind != "person" and field in ("id_number", "birth_day")):
        raise NotOfThisKind(what=WORDS.get(field, field))
    if party.kind == "organisation" and field not in ("name", "village"):
        raise NotOfThisKind(what=WORDS[field])
    kept = rules.corrected(field, value)
    if field == "village" and kept not in registry.area_ids([kept]):
        raise registry.AreaNotRegistered(code=kept)
    if field == "id_number":
        other = Person.objects.filter(id_number_index__in=sealing.indexes(kept)).exclude(pk=party.pk).first()
        if other is not None:
            raise NumberOfAnother(code=other.party.code)
    return kept


def _registered(party: Party, field: str) -> str:
    """What stands now, whole."""
    if field == "name":
        return party.name
    if field == "village":
        return party.area.code
    if field in rules.DETAILS:
        row = queries.details(party.pk).get(field)
        if row is None or row.sealed is None:
            return ""
        return sealing.opened(row.sealed, sealing.detail_row(party.pk, field, row.number), row.digest)
    person = Person.objects.get(pk=party.pk)
    if field == "birth_day":
        return person.birth_day.isoformat() if person.birth_day else ""
    if person.id_number_sealed is None:
        return ""
    return sealing.opened(person.id_number_sealed, sealing.person_row(party.pk))


def _apply(party: Party, field: str, value: str, *, reason: str, at: datetime, by: int | None) -> None:
    """Write the value, and what stood there as a correction. Sealed values leave only their mask."""
    before = _registered(party, field)
    if before == value:
        raise SameAsRegistered
    if field == "name":
        party.name, party.sort_key = value, registry.sort_key(value)
        party.save(update_fields=["name", "sort_key"])
    elif field == "village":
        _move(party, registry.area_ids([value])[value])
    elif field == "birth_day":
        Person.objects.filter(pk=party.pk).update(birth_day=value or None)
    elif field == "id_number":
        Person.objects.filter(pk=party.pk).update(
            id_number_sealed=sealing.seal(value, sealing.person_row(party.pk)),
            id_number_index=sealing.index(value),
        )
        Person.objects.filter(pk=party.pk, birth_day=None).update(birth_day=identity.birth_day(value))
    else:
        _detail(party.pk, field, value, at=at, by=by)
    if field in ("name", "village", "birth_day"):
        told = (before, value)
    else:
        told = ("****" if before else "", "****" if value else "")
    Correction.objects.create(
        party=party, field=field, before=told[0], after=told[1], reason=reason.strip()[:300],
        recorded_at=at, recorded_by_id=by,
    )  # fmt: skip


def _move(party: Party, area_id: int) -> None:
    """A household moves with the people living in it who were registered in the same village."""
    old = party.area_id
    people = Residence.objects.current().filter(household_id=party.pk, until_day=None)
    living = list(people.values_list("person_id", flat=True))
    Party.objects.filter(pk__in=living, area_id=old).update(area_id=area_id)
    Party.objects.filter(pk=party.pk).update(area_id=area_id)


def _detail(party_id: int, kind: str, value: str, *, at: datetime, by: int | None) -> None:
    last = PersonalDetail.objects.filter(party_id=party_id, kind=kind).aggregate(last=Max("number"))["last"]
    details.row_of(party_id, kind, (last or 0) + 1, value, at=at, by=by).save()
