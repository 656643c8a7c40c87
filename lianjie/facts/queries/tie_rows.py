"""What ties a household, whatever the table: one row of the same columns each, all asked in one question."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import Model

from lianjie.facts.models import (
    AssetContract,
    CollectiveAsset,
    ContractEnd,
    Contribution,
    Fact,
    GrowingBase,
    InputIssue,
    Lot,
    Membership,
    OfftakeContract,
    OfftakePromise,
    Parcel,
    Party,
    Plot,
    Post,
    ShareAgreement,
    Tally,
    WorkAgreement,
    Workshop,
)

NEVER = "CAST(NULL AS date)"


@dataclass(frozen=True)
class Written:
    """How a table's facts are written as rows. Every column is SQL over `fact` and the tables joined.

    whose  the column that names the party; `people` counts those who live in the household too
    text, note  words; value, beside  whole numbers; number  what opens its page
    """

    model: type[Fact]
    whose: str
    text: str = "''"
    note: str = "''"
    value: str = "0"
    beside: str = "0"
    until: str = NEVER
    number: str = "fact.key"
    joins: tuple[tuple[type[Model], str, str, str], ...] = ()
    people: bool = False

    def select(self, nth: int, places: str) -> str:
        """The facts up to a day that stand."""
        table = self.model._meta.db_table
        joins = " ".join(
            f"JOIN {model._meta.db_table} {name} ON {name}.{key} = {column}"
            for model, name, key, column in self.joins
        )
        return (
            f"SELECT {nth} AS nth, fact.day AS day, fact.id AS id, fact.organisation_id, {self.until},"
            f" {self.text}, {self.note}, {self.value}, {self.beside}, {self.number}, fact.{self.whose}_id"
            f" FROM {table} fact {joins} WHERE fact.{self.whose}_id IN ({places}) AND fact.day <= %s"
            f" AND {standing(self.model)}"
        )


def standing(model: type[Fact], name: str = "fact") -> str:
    """SQL: the fact is neither withdrawn nor corrected, as FactQuerySet.current tells it."""
    return (
        f"NOT {name}.withdrawn AND NOT EXISTS"
        f" (SELECT 1 FROM {model._meta.db_table} later WHERE later.corrects_id = {name}.id)"
    )


KINDS: dict[str, Written] = {
    "membership": Written(Membership, "member", "fact.consent", "fact.tags", until="fact.until_day"),
    "share_agreement": Written(
        ShareAgreement, "member", "fact.fund", "fact.method", "fact.amount_fen", until="fact.until_day"
    ),
    "shares": Written(Contribution, "member", value="fact.shares_e4", beside="fact.amount_fen"),
    "parcel": Written(Parcel, "household", "fact.code", "fact.name", "fact.contract_extent_mu4"),
    "order": Written(
        OfftakePromise,
        "household",
        "contract.good",
        "buyer.name",
        "fact.grams",
        until="contract.until_day",
        number="contract.key",
        joins=(
            (OfftakeContract, "contract", "id", "fact.contract_id"),
            (Party, "buyer", "id", "contract.buyer_id"),
        ),
    ),
    "contract": Written(
        AssetContract,
        "payer",
        "asset.name",
        "fact.purpose",
        "fact.yearly_fen",
        until=f"COALESCE((SELECT MIN(ended.day) FROM {ContractEnd._meta.db_table} ended"
        f" WHERE ended.contract_id = fact.id AND {standing(ContractEnd, 'ended')}), fact.until_day)",
        number="fact.key",
        joins=((CollectiveAsset, "asset", "id", "fact.asset_id"),),
    ),
    "plot": Written(
        Plot,
        "household",
        "base.name",
        "fact.code",
        "fact.extent_mu4",
        number="base.key",
        joins=((GrowingBase, "base", "id", "fact.base_id"),),
    ),
    "tally": Written(Tally, "party", "fact.measure", "fact.unit", "fact.quantity", "fact.year"),
    "input": Written(
        InputIssue,
        "household",
        "lot.good",
        "lot.unit",
        "fact.quantity",
        joins=((Lot, "lot", "id", "fact.lot_id"),),
    ),
    "work": Written(
        WorkAgreement,
        "worker",
        "workshop.name || ' ' || fact.job",
        "worker.name || '~' || fact.basis",
        "fact.rate_fen",
        until="fact.until_day",
        number="workshop.key",
        joins=(
            (Workshop, "workshop", "id", "fact.workshop_id"),
            (Party, "worker", "id", "fact.worker_id"),
        ),
        people=True,
    ),
    "post": Written(
        Post,
        "person",
        "held.name || '~' || fact.title",
        "person.name",
        until="fact.until_day",
        joins=((Party, "held", "id", "fact.held_in_id"), (Party, "person", "id", "fact.person_id")),
        people=True,
    ),
}


@dataclass(frozen=True)
class TieRow:
    """One fact that stands; what its columns say depends on its kind, see KINDS. `who` is the party it
    names: of work and posts a person."""

    kind: str
    day: date
    id: int
    organisation_id: int
    until: date | None
    text: str
    note: str
    value: int
    beside: int
    number: str
    who: int


def rows(
    party: int,
    people: Collection[int],
    tables: Iterable[type[Fact]],
    organisations: Collection[int],
    on: date,
) -> list[TieRow]:
    """Facts up to the end of day `on` in these tables and organisations, by kind, day and id.

    people  the party and whoever lives with it, for work and posts
    """
    among = set(tables)
    kinds = tuple(kind for kind, written in KINDS.items() if written.model in among)
    if not kinds:
        return []
    arguments: list[object] = []
    for kind in kinds:
        arguments += [*(people if KINDS[kind].people else [party]), on]
    with connection.cursor() as cursor:
        cursor.execute(_statement(kinds, len(people)), arguments)
        found = cursor.fetchall()
    names, at = tuple(KINDS), set(organisations)
    return [
        TieRow(names[nth], as_day(day), pk, of, until and as_day(until), *rest)
        for nth, day, pk, of, until, *rest in found
        if of in at
    ]


@lru_cache(maxsize=512)
def _statement(kinds: tuple[str, ...], people: int) -> str:
    names = tuple(KINDS)
    arms = (
        KINDS[kind].select(names.index(kind), ", ".join(["%s"] * (people if KINDS[kind].people else 1)))
        for kind in kinds
    )
    return " UNION ALL ".join(arms) + " ORDER BY 1, 2, 3"


def as_day(value: date | str) -> date:
    """A day as the driver gives it: SQLite keeps text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
