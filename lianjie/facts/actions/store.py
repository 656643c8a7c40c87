"""Keep what is new, pass over what is known, correct what differs. Nothing is ever overwritten.

A fact's key is a base ("BD0001") and, from its second version on, a number after a tilde ("BD0001~2").
The head of a chain is the version no other corrects.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import F

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts import bulk
from lianjie.facts.actions.audit import note
from lianjie.facts.models import Fact, Source
from lianjie.facts.models.record import FactQuerySet
from lianjie.facts.queries.parties import SLICE

T = TypeVar("T")
FEW = 5_000
"""So many facts are looked up by their keys; above it the whole table is read once."""


class RowsRefused(Refusals):
    """Some of many rows given at once. `at`: place in what was given -> why. Nothing was written."""

    def __init__(self, at: Mapping[int, Refusal]) -> None:
        super().__init__(tuple(at.values()))
        self.at = dict(at)


@dataclass
class Sieve:
    """Looks at rows given at once, one by one, and remembers those that are refused.

    sieve = Sieve()
    for number, each in enumerate(given):
        with sieve.of(number):
            ...
    sieve.close()
    """

    at: dict[int, Refusal] = field(default_factory=dict)

    @contextmanager
    def of(self, number: int) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            self.at[number] = refusal

    def close(self) -> None:
        """Refuses with RowsRefused when any row was."""
        if self.at:
            raise RowsRefused(self.at)


@contextmanager
def plainly() -> Iterator[None]:
    """One row through the verb of many: what that row is refused for is said plainly."""
    try:
        yield
    except RowsRefused as refused:
        raise next(iter(refused.at.values())) from None


@contextmanager
def renumbered(numbers: Sequence[int]) -> Iterator[None]:
    """Some rows of a list through a verb of their own: what it refuses is said of their places in it."""
    try:
        yield
    except RowsRefused as refused:
        raise RowsRefused({numbers[n]: why for n, why in refused.at.items()}) from None


def alone(many: Callable[..., Sequence[T]], given: Any, *more: Any, **named: Any) -> T:
    """What the verb of many makes of one row."""
    with plainly():
        (made,) = many([given], *more, **named)
    return made


@dataclass(frozen=True)
class SourceGiven:
    """The document facts come from. `kind`: workbook, page or demo."""

    kind: str
    name: str
    sha256: str = ""


@dataclass
class Entry:
    """Who enters what, when, into whose books. The source is kept only once something is written.

    place  where in the source the rows stand, for those that do not say it themselves
    """

    organisation_id: int
    source: SourceGiven
    at: datetime
    by: int | None
    place: str = ""

    @cached_property
    def source_id(self) -> int:
        given = self.source
        same = None
        if given.sha256:
            same = Source.objects.filter(kind=given.kind, name=given.name[:200], sha256=given.sha256).first()
        found = same or Source.objects.create(
            kind=given.kind,
            name=given.name[:200],
            sha256=given.sha256,
            received_at=self.at,
            received_by_id=self.by,
        )
        note(
            "enter",
            subject=f"source:{found.pk}",
            organisation_id=self.organisation_id,
            text=found.name,
            source_id=found.pk,
            by=self.by,
        )
        return found.pk


@dataclass
class Want:
    """A fact as it should stand.

    fields  content: column of the table -> value
    refers  column -> base key of the fact it points to: another version of that fact is no difference
    """

    key: str
    area_id: int
    fields: dict[str, Any]
    place: str = ""
    refers: dict[str, str] = field(default_factory=dict)


@dataclass
class Kept:
    """What becomes of the facts of one table: new rows, (old reference, new row), and those that stood, base
    key -> id."""

    new: list[Any] = field(default_factory=list)
    corrected: list[tuple[str, Any]] = field(default_factory=list)
    stood: dict[str, int] = field(default_factory=dict)

    @property
    def unchanged(self) -> int:
        return len(self.stood)

    @property
    def changed(self) -> bool:
        return bool(self.new or self.corrected)

    @property
    def ids(self) -> dict[str, int]:
        """Base key -> id of the rows written."""
        return {base(row.key): row.pk for row in (*self.new, *(row for _, row in self.corrected))}


def base(key: str) -> str:
    """The key of the first version."""
    return key.partition("~")[0]


def next_key(key: str) -> str:
    """The key of the next version: "BD0001" -> "BD0001~2"."""
    first, _, number = key.partition("~")
    return f"{first}~{int(number or 1) + 1}"


def heads(model: type[Fact], organisation_id: int) -> FactQuerySet:
    """The newest version of every fact in one organisation's books, withdrawn ones too."""
    return model.objects.filter(organisation_id=organisation_id, corrected_by__isnull=True)


def shared_heads(
    model: type[Fact], subject: str, ids: Iterable[int], columns: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """The newest version of every fact about some parties, whoever entered it: where a household lives
    and what it is registered as is one truth for all books."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        rows = model.objects.filter(**{f"{subject}__in": some}, corrected_by__isnull=True)
        yield from rows.values(*columns)


def keep(model: type[Fact], wanted: Iterable[Want], entry: Entry, shared: str = "") -> Kept:
    """Store facts of one table, all of them in one bulk write.

    shared  the column that names whom they are about, when facts of all organisations count

    A key wanted twice is kept twice, the second after the first.
    """
    first: dict[str, Want] = {}
    later = [want for want in wanted if first.setdefault(want.key, want) is not want]
    kept = write(ready(model, first.values(), entry, shared), entry)
    if later:
        more = keep(model, later, entry, shared)
        kept.new += more.new
        kept.corrected += more.corrected
        kept.stood |= more.stood
    return kept


def ready(model: type[Fact], wanted: Iterable[Want], entry: Entry, shared: str = "") -> Kept:
    """What `keep` will store, each key wanted once; nothing is written, and the rows have no source yet."""
    wants, kept = list(wanted), Kept()
    known = _known(model, wants, entry, shared) if wants else {}
    for want in wants:
        head = known.get(want.key)
        if head is None:
            kept.new.append(_row(model, want, entry, key=want.key))
        elif _same(want, head):
            kept.stood[want.key] = head["id"]
        else:
            row = _row(model, want, entry, key=next_key(head["key"]), corrects_id=head["id"])
            # What was withdrawn has no entry in the books any more, so nothing is left to reverse.
            old = "" if head["withdrawn"] else f"{model._meta.model_name}:{head['key']}"
            kept.corrected.append((old, row))
    return kept


def write(kept: Kept, entry: Entry) -> Kept:
    """Store the rows that were made ready."""
    rows = [*kept.new, *(row for _, row in kept.corrected)]
    for row in rows:
        row.source_id = entry.source_id
    bulk.insert(rows)
    return kept


class Seen:
    """What stood in some tables of an organisation's books before something was read from them.

    Facts are never changed: what was read is still so unless rows came. So the ids of the newest rows are
    remembered, the last thousand, since on PostgreSQL a row may appear with a lower id than one before it.
    """

    LAST = 1_000

    def __init__(self, organisation_id: int, *models: type[Fact]) -> None:
        self._of = {
            model: model.objects.filter(organisation_id=organisation_id).order_by("-pk") for model in models
        }
        self._ids = {
            model: list(rows.values_list("pk", flat=True)[: self.LAST]) for model, rows in self._of.items()
        }

    def later(self, model: type[Fact], column: str, among: Collection[Any]) -> bool:
        """Whether a row came since that holds one of these values; of keys, any version counts."""
        seen = self._ids[model]
        rows = self._of[model].filter(pk__gte=seen[-1] if len(seen) == self.LAST else 0)
        came = dict(rows.values_list("pk", column))
        for each in seen:
            came.pop(each, None)
        return any((base(value) if column == "key" else value) in among for value in came.values())


def _known(model: type[Fact], wanted: list[Want], entry: Entry, shared: str) -> dict[str, Mapping[str, Any]]:
    """Base key -> the head of its chain, with the columns that are compared."""
    pointed = {f"{column.removesuffix('_id')}__key" for want in wanted for column in want.refers}
    columns = ("id", "key", "withdrawn", *{name for want in wanted for name in want.fields}, *pointed)
    if shared:
        rows = shared_heads(model, shared, (want.fields[shared] for want in wanted), columns)
    elif len(wanted) <= FEW:
        mine = model.objects.filter(organisation_id=entry.organisation_id)
        rows = _chains(mine, [want.key for want in wanted], lambda some: some.values(*columns, "next"))
    else:
        rows = heads(model, entry.organisation_id).values(*columns).iterator(chunk_size=5000)
    return {base(row["key"]): row for row in rows}


def standing(model: type[Fact], organisation_id: int, keys: Iterable[str], *related: str) -> dict[str, Any]:
    """Base key -> the row that stands, for facts named by their base keys; the others are left out."""
    found = newest(model, organisation_id, keys, *related)
    return {key: row for key, row in found.items() if not row.withdrawn}


def newest(model: type[Fact], organisation_id: int, keys: Iterable[str], *related: str) -> dict[str, Any]:
    """Base key -> the newest version of a fact named by its base key, withdrawn ones too."""
    mine = model.objects.filter(organisation_id=organisation_id)
    # Without a name select_related would fetch everything a fact points at.
    mine = mine.select_related(*related) if related else mine
    return {base(row.key): row for row in _chains(mine, keys, lambda some: some)}


def _chains(
    rows: FactQuerySet, keys: Iterable[str], shape: Callable[[FactQuerySet], Iterable[Any]]
) -> Iterator[Any]:
    """The newest version of each chain that begins with one of the keys, by the indexes of keys and ids."""
    wanted = sorted(set(keys))
    rows = rows.annotate(next=F("corrected_by"))
    for start in range(0, len(wanted), SLICE):
        some = list(shape(rows.filter(key__in=wanted[start : start + SLICE])))
        while some:
            later = []
            for row in some:
                following = row["next"] if isinstance(row, dict) else row.next
                if following is None:
                    yield row
                else:
                    later.append(following)
            some = list(shape(rows.filter(pk__in=later))) if later else []


def _same(want: Want, head: Mapping[str, Any]) -> bool:
    if head["withdrawn"]:
        return False
    for column, value in want.fields.items():
        if column in want.refers:
            pointed = head[f"{column.removesuffix('_id')}__key"] or ""
            if base(pointed) != want.refers[column]:
                return False
        elif head[column] != value:
            return False
    return True


def _row(model: type[Fact], want: Want, entry: Entry, **more: Any) -> Any:
    return model(
        organisation_id=entry.organisation_id,
        area_id=want.area_id,
        place=(want.place or entry.place)[:80],
        recorded_at=entry.at,
        recorded_by_id=entry.by,
        **want.fields,
        **more,
    )
