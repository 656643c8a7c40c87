"""What is held on a person, masked; who saw it whole; what waits to be corrected; what must not be erased."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lianjie.facts import parameters, sealing
from lianjie.facts.models import (
    Area,
    BankAccount,
    Correction,
    CorrectionRequest,
    LegalHold,
    Listed,
    Membership,
    Party,
    Person,
    PersonalDetail,
    Residence,
    Ruling,
    Seen,
)
from lianjie.facts.queries import bank, child
from lianjie.facts.queries.names import named_like, user_name
from lianjie.facts.queries.slices import Slice, all_after, slice_after
from lianjie.facts.rules import identity
from lianjie.facts.rules import personal as rules
from lianjie.facts.rules.personal import Purpose

FEW = 20
"""Up to so many areas are asked for by name."""


@dataclass(frozen=True)
class HeldRow:
    """One sealed value as a page shows it. `state` "kept" or "erased"; `text` is masked."""

    kind: str
    text: str
    state: str
    at: datetime | None
    by: str


@dataclass(frozen=True)
class Held:
    """Somebody, and what is sealed of it."""

    party_id: int
    code: str
    kind: str
    name: str
    area_code: str
    area_name: str
    birth_day: date | None
    rows: tuple[HeldRow, ...]
    household: str
    household_name: str
    people: tuple[tuple[str, str, str], ...]
    child: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of which something may be seen whole."""
        return tuple(dict.fromkeys(row.kind for row in self.rows if row.state == "kept"))


@dataclass(frozen=True)
class SeenRow:
    """One line of the log. `rows` of a file, None when nobody counted or it broke off."""

    id: int
    at: datetime
    who: str
    door: str
    address: str
    device: str
    organisation: str
    party_code: str
    party: str
    area: str
    what: str
    count: int
    purpose: str
    reason: str
    subject: str
    rows: int | None


@dataclass(frozen=True)
class SeenFilter:
    """What the log is narrowed to; empty narrows nothing. Days are inclusive.

    search  whose, or who looked; somebody found by it is also looked for in the lists taken as files
    """

    organisation: str = ""
    search: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class RequestRow:
    """A correction asked for. `before` and `after` are masked where they are sealed elsewhere."""

    number: int
    reference: str
    party_code: str
    party: str
    field: str
    before: str
    after: str
    reason: str
    evidence: str
    at: datetime
    maker_id: int | None
    maker: str
    state: str
    ruled_by: str
    ruled_reason: str


@dataclass(frozen=True)
class HoldRow:
    """A legal hold as it stands."""

    id: int
    party_code: str
    party: str
    why: str
    since: datetime
    by: str
    until_day: date | None
    lifted: str


@dataclass(frozen=True)
class CorrectionRow:
    """What was corrected in the registry."""

    field: str
    before: str
    after: str
    reason: str
    at: datetime
    by: str


def purposes(day: date) -> tuple[Purpose, ...]:
    """The purposes in force."""
    return rules.purposes(parameters.text("purposes"), day)


def held(organisation_id: int, party_id: int) -> Held:
    """Everything sealed of one person or household; accounts those in these books."""
    party = Party.objects.select_related("area", "person").get(pk=party_id)
    person = party.person if party.kind == "person" and hasattr(party, "person") else None
    rows = []
    young = person is not None and child.is_child(party_id, timezone.localdate())
    if person is not None and (person.id_number_sealed is not None or erased(party_id, "id_number")):
        gone = person.id_number_sealed is None
        number = "" if gone else sealing.opened(person.id_number_sealed, sealing.person_row(person.pk))
        rows.append(
            HeldRow(
                "id_number",
                "*" * 18 if young else identity.mask(number),
                "erased" if gone else "kept",
                None,
                "",
            )
        )
    for row in details(party_id).values():
        if row.digest:
            text = rules.masked(row.kind, "" if young else row.end)
            state = "erased" if row.sealed is None else "kept"
            rows.append(HeldRow(row.kind, text, state, row.at, user_name(row.by)))
    for account in bank.of_party(organisation_id, party_id):
        rows.append(
            HeldRow(
                "account", f"{account.bank} ****{'' if young else account.end}", "kept", None, account.made_by
            )
        )
    home = (
        Residence.objects.current()
        .filter(person_id=party_id, until_day=None)
        .select_related("household")
        .first()
    )
    residents = Residence.objects.current().filter(household_id=party_id, until_day=None)
    people = residents.select_related("person").order_by("day", "pk")
    return Held(
        party.pk, party.code, party.kind, party.name, party.area.code, party.area.name,
        person.birth_day if person else None, tuple(rows),
        home.household.code if home else "", home.household.name if home else "",
        tuple((each.person.code, each.person.name, each.relation) for each in people), young,
    )  # fmt: skip


def details(party_id: int) -> dict[str, PersonalDetail]:
    """Kind -> the newest row of one party."""
    rows = PersonalDetail.objects.filter(party_id=party_id).select_related("by").order_by("kind", "number")
    return {row.kind: row for row in rows}


def erased(party_id: int, kind: str) -> bool:
    """True when something of the kind was erased."""
    return Party.objects.filter(pk=party_id, erasures__kind=kind).exists()


def opened(organisation_id: int, party_id: int, kinds: Collection[str]) -> list[tuple[str, str]]:
    """(kind, whole text) of one party. Only `actions.personal.see` calls it: it writes the log too."""
    found: list[tuple[str, str]] = []
    person = Person.objects.filter(pk=party_id, id_number_sealed__isnull=False).first()
    if "id_number" in kinds and person is not None:
        name = sealing.person_row(person.pk)
        found.append(("id_number", sealing.opened(person.id_number_sealed, name)))
    for kind, row in details(party_id).items():
        if kind in kinds and row.sealed is not None:
            name = sealing.detail_row(row.party_id, row.kind, row.number)
            found.append((kind, sealing.opened(row.sealed, name, row.digest)))
    if "account" in kinds:
        rows = BankAccount.objects.current().filter(
            organisation_id=organisation_id, party_id=party_id, number_sealed__isnull=False, until_day=None
        )
        for each in bank.open_accounts([row.pk for row in rows]).values():
            found.append(("account", f"{each.bank} {each.number}"))
    return found


def seen(chosen: SeenFilter, scope: "Scope", *, after: str = "", limit: int = 50) -> Slice:
    """The log, the latest first."""
    shown = slice_after(_seen(chosen, scope), "id", True, after=after, limit=limit)
    return Slice(tuple(_seen_row(row) for row in shown.rows), shown.next_after)


def seen_every(chosen: SeenFilter, scope: "Scope") -> Iterator[SeenRow]:
    """All of it, for a file."""
    for row in all_after(_seen(chosen, scope), "id", True):
        yield _seen_row(row)


@dataclass(frozen=True)
class Scope:
    """Whose log: one organisation's, one party's with those who live in it, or everybody's in an area.

    area_path  of whoever lived there when it was seen, whichever organisation looked
    """

    organisation_id: int | None = None
    party_id: int | None = None
    area_path: str = ""


def organisations_seeing(scope: Scope, limit: int = 200) -> list[tuple[str, str]]:
    """(code, name) of the organisations that looked, for the filter; a step of the index for each."""
    ids: list[int] = []
    last: int | None = 0
    while last is not None and len(ids) < limit:
        rows = Seen.objects.filter(organisation_id__gt=last).order_by("organisation_id", "id")
        last = rows.values_list("organisation_id", flat=True).first()
        if last is not None and _seen(SeenFilter(), scope).filter(organisation_id=last).exists():
            ids.append(last)
    return list(Party.objects.filter(pk__in=ids).order_by("sort_key").values_list("code", "name"))


def area_path(code: str) -> str:
    """Path of the area in force with this code, "" when there is none."""
    found = Area.objects.filter(code=code, valid_until__isnull=True).values_list("path", flat=True).first()
    return found or ""


def villages_near(organisation_id: int) -> list[tuple[str, str]]:
    """(code, name) of the villages in the organisation's county: where somebody may be registered instead."""
    area = Party.objects.select_related("area").get(pk=organisation_id).area
    while area.level not in ("county", "prefecture", "province") and area.parent is not None:
        area = area.parent
    rows = Area.objects.within(area).filter(level="village", valid_until__isnull=True)
    found = rows.select_related("parent").order_by("path")[:2000]
    return [(row.code, f"{row.parent.name} {row.name}" if row.parent else row.name) for row in found]


def requests(organisation_id: int, *, waiting: bool | None = None, party_id: int = 0) -> list[RequestRow]:
    """Corrections asked for in these books, the newest first; all, those that wait, or those ruled on."""
    found = CorrectionRequest.objects.filter(organisation_id=organisation_id)
    if party_id:
        found = found.filter(party_id=party_id)
    rows = list(found.select_related("party", "by").order_by("-number")[:200])
    ruled = _rulings(rows)
    made = [_request_row(row, ruled.get(row.pk)) for row in rows]
    return [row for row in made if waiting is None or (row.state == "waiting") == waiting]


def request(organisation_id: int, number: int) -> RequestRow | None:
    """One correction asked for."""
    found = CorrectionRequest.objects.filter(organisation_id=organisation_id, number=number)
    row = found.select_related("party", "by").first()
    return _request_row(row, _rulings([row]).get(row.pk)) if row else None


def corrections(party_id: int) -> list[CorrectionRow]:
    """What was corrected in the registry, the newest first."""
    rows = Correction.objects.filter(party_id=party_id).select_related("recorded_by").order_by("-pk")
    return [
        CorrectionRow(
            row.field, row.before, row.after, row.reason, row.recorded_at,
            user_name(row.recorded_by),
        )
        for row in rows
    ]  # fmt: skip


def holds(day: date, *, organisation_id: int = 0, party_id: int = 0) -> list[HoldRow]:
    """Holds standing on a day, in one organisation's books, or on one party and where it belongs."""
    found = standing_holds(day)
    if party_id:
        found = found.filter(_holding([party_id]))
    elif organisation_id:
        found = found.filter(organisation_id=organisation_id)
    return [
        HoldRow(
            row.pk, row.party.code if row.party else "", row.party.name if row.party else "", row.why, row.at,
            user_name(row.by), row.until_day, "",
        )
        for row in found.select_related("party", "by").order_by("-pk")
    ]  # fmt: skip


def standing_holds(day: date) -> QuerySet[LegalHold]:
    """Holds not lifted and not over."""
    return LegalHold.objects.filter(Q(until_day=None) | Q(until_day__gt=day), lifted__isnull=True)


def held_back(party_ids: Sequence[int], day: date) -> str:
    """Why nothing of these parties may be erased, "" when nothing holds it."""
    row = standing_holds(day).filter(_holding(party_ids)).order_by("pk").first()
    return row.why if row else ""


def _holding(party_ids: Sequence[int]) -> Q:
    """Holds on these parties, on their households, or on everybody in books they stand in."""
    homes = Residence.objects.filter(person_id__in=party_ids).values("household_id")
    tied = Q(member_id__in=party_ids) | Q(member_id__in=homes)
    books = Membership.objects.filter(tied).values("organisation_id")
    return (
        Q(party_id__in=party_ids)
        | Q(party_id__in=homes)
        | Q(party=None, organisation_id__in=books)
        | Q(party=None, organisation_id__in=party_ids)
    )


def _seen(chosen: SeenFilter, scope: Scope) -> QuerySet[Seen]:
    found = Seen.objects.select_related("by", "organisation", "party", "area", "file_rows")
    if scope.organisation_id:
        found = found.filter(organisation_id=scope.organisation_id)
    if scope.party_id:
        people = Residence.objects.filter(household_id=scope.party_id).values("person_id")
        found = found.filter(
            Q(party_id=scope.party_id) | Q(party_id__in=people) | lists_naming([scope.party_id])
        )
    if scope.area_path:
        within = Area.objects.filter(path__gte=scope.area_path, path__lt=scope.area_path + "~")
        few = list(within.values_list("pk", flat=True)[: FEW + 1])
        # Of a county's many villages each line is asked, from the newest on; of a few the index is read.
        many = Q(Exists(within.filter(pk=OuterRef("area_id"))))
        living = Listed.objects.filter(organisation_id=OuterRef("organisation_id"), area_id__in=few)
        above = _around(Area.objects.filter(path=scope.area_path))
        lists = LISTS & (Q(Exists(living)) | _of_area(above))
        found = found.filter(many if len(few) > FEW else Q(area_id__in=few) | lists)
    if chosen.organisation:
        found = found.filter(organisation__code=chosen.organisation)
    if chosen.search:
        whose = Party.objects.filter(named_like("", chosen.search))
        found_ids = list(whose.values_list("pk", flat=True)[: FEW + 1])
        named = lists_naming(found_ids) if 0 < len(found_ids) <= FEW else Q(pk__in=[])
        users = get_user_model().objects.filter(
            Q(username__icontains=chosen.search) | Q(last_name__icontains=chosen.search)
        )
        found = found.filter(Q(party_id__in=whose.values("pk")) | Q(by_id__in=users.values("pk")) | named)
    if chosen.since:
        found = found.filter(at__date__gte=chosen.since)
    if chosen.until:
        found = found.filter(at__date__lte=chosen.until)
    return found


LISTS = Q(what="file", party=None)


def lists_naming(party_ids: Sequence[int]) -> Q:
    """Lists taken as files that may name these parties: of books they stand in, or of an area they live in.

    A list narrowed to another village is left out; what else narrowed it is told by its address. No row set
    is kept: 280,000 lines for each list taken would outgrow the books, to tell little more than its reach.
    """
    homes = Residence.objects.filter(person_id__in=party_ids).values("household_id")
    parties = Party.objects.filter(Q(pk__in=party_ids) | Q(pk__in=homes)).select_related("area")
    ids = [party.pk for party in parties]
    villages = {party.area.code for party in parties}
    here = Listed.objects.filter(organisation_id=OuterRef("organisation_id"), party_id__in=ids)
    everywhere = ~Q(subject__contains="village=") | Q(subject__contains="village=&")
    everywhere |= Q(subject__endswith="village=")
    for code in villages:
        everywhere |= Q(subject__contains=f"village={code}")
    return LISTS & (Q(Exists(here)) | _of_area(_around(party.area for party in parties))) & everywhere


def _around(areas: Iterable[Area]) -> set[int]:
    """The areas and all they lie in."""
    found: set[int] = set()
    for each in areas:
        area: Area | None = each
        while area is not None and area.pk not in found:
            found.add(area.pk)
            area = area.parent
    return found


def _of_area(around: Collection[int]) -> Q:
    """Of no one organisation's books: of an area, or of all its reader may see."""
    return Q(organisation=None) & (Q(area=None) | Q(area_id__in=around))


def _seen_row(row: Seen) -> SeenRow:
    return SeenRow(
        row.pk, row.at, user_name(row.by), row.door, row.address, row.device,
        row.organisation.name if row.organisation else "", row.party.code if row.party else "",
        row.party.name if row.party else "", row.area.name if row.area else "", row.what, row.count,
        row.purpose, row.reason, row.subject, row.file_rows.rows if hasattr(row, "file_rows") else None,
    )  # fmt: skip


def _rulings(rows: Collection[CorrectionRequest]) -> dict[int, Ruling]:
    names = {bank.subject(row.organisation_id, row.reference): row.pk for row in rows}
    found = Ruling.objects.filter(subject__in=list(names)).select_related("by")
    return {names[each.subject]: each for each in found}


def _request_row(row: CorrectionRequest, said: Ruling | None) -> RequestRow:
    return RequestRow(
        row.number, row.reference, row.party.code, row.party.name, row.field, shown(row, "before"),
        shown(row, "after"), row.reason, row.evidence, row.at, row.by_id, user_name(row.by),
        said.verdict if said else "waiting", said.by.get_username() if said else "",
        said.reason if said else "",
    )  # fmt: skip


def shown(row: CorrectionRequest, side: str) -> str:
    """The value before or after, masked as pages show it; "" when there is none or it was erased."""
    text = value(row, side)
    if row.field == "id_number":
        return identity.mask(text) if text else ""
    if row.field == "phone":
        return rules.masked("phone", text[-4:]) if text else ""
    if row.field == "health":
        return rules.masked("health", "") if text else ""
    return text


def value(row: CorrectionRequest, side: str) -> str:
    """The value before or after, whole; "" when there was none or it was erased."""
    sealed = getattr(row, f"{side}_sealed")
    if sealed is None:
        return ""
    name = sealing.request_row(row.organisation_id, row.number, side)
    return sealing.opened(sealed, name, getattr(row, f"{side}_digest"))
