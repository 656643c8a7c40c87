"""A household's years across organisations: what each owes it by stream, and what reached it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Sum

from lianjie.facts.queries import linked
from lianjie.ledger.models import Allotment, Entry, Payout, Step
from lianjie.ledger.queries.movements import MovementRow
from lianjie.ledger.rules.flow import CARRIED_OUT
from lianjie.ledger.rules.income import Income, stream_of

OWED = ("114", "211", "212", "213")
Belongs = Callable[[int, date], bool]


def always(party: int, day: date) -> bool:
    """Whoever is asked for belongs to the household on any day."""
    return True


@dataclass(frozen=True)
class YearIncome:
    """Parts by organisation, and the fen of settlements that were handed over so far."""

    parts: tuple[Income, ...] = ()
    paid_fen: int = 0


@dataclass(frozen=True)
class Beside:
    """One settlement: a household's part, and what households and collectives got of it together (S3)."""

    organisation_id: int
    year: int
    round: int
    own_fen: int
    households_fen: int
    collectives: tuple[tuple[str, int], ...]

    @property
    def collectives_fen(self) -> int:
        """What the collectives got together."""
        return sum(fen for _, fen in self.collectives)


def by_year(
    booked: Iterable[MovementRow],
    parties: Collection[int],
    organisations: Collection[int],
    on: date = date.max,
    handed: Collection[str] = ("allotment", "payout"),
    names: Mapping[int, tuple[str, str]] | None = None,
    belongs: Belongs = always,
) -> dict[int, YearIncome]:
    """Year -> what it comes to in the organisations the reader may see, as booked up to the end of day `on`.

    booked   its movements
    parties  the household and whoever lives in it: wages are owed to a person
    handed   which of movements.HANDED name them, when it is known
    names    code and name of each organisation, when they are known
    belongs  whether one of the parties belonged to the household on a day: a settlement counts where its
             member lived when its year ended

    Rent, produce and wages by the day they were booked; a settlement by the year it settles.
    The latest year comes first.
    """
    if names is None:
        names = {pk: (code, name) for pk, code, name in linked.named(organisations)}
    fen: dict[int, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    paid: dict[int, int] = defaultdict(int)

    for row in booked:
        if row.settled or row.good or row.day > on or row.account not in OWED:
            continue
        stream = stream_of(row.source)
        if stream:
            fen[row.day.year][row.organisation_id][stream] -= row.amount
    rows = _allotted(parties, organisations, belongs) if "allotment" in handed else []
    posted = _posted_days({row[0] for row in rows}) if rows else {}
    for settlement, year, organisation, stream, amount in rows:
        if posted.get(settlement, date.max) <= on:
            fen[year][organisation][stream] += int(amount)
    payouts = Payout.objects.filter(
        party_id__in=parties,
        settlement__organisation_id__in=organisations,
        settlement__state__in=CARRIED_OUT,
        day__lte=on,
    )
    if "payout" not in handed:
        payouts = payouts.none()
    payouts = payouts.values_list("party_id", "settlement__year").annotate(Sum("amount_fen")).order_by()
    for party, year, amount in payouts:
        paid[year] += int(amount) if belongs(party, date(year, 12, 31)) else 0
    return {
        year: YearIncome(
            tuple(
                sorted(
                    (
                        Income(*names[of], dict(streams))
                        for of, streams in parts.items()
                        if any(streams.values())
                    ),
                    key=lambda part: part.organisation,
                )
            ),
            paid[year],
        )
        for year, parts in sorted(fen.items(), reverse=True)
    }


def beside(
    parties: Collection[int],
    organisations: Collection[int],
    on: date = date.max,
    belongs: Belongs = always,
) -> list[Beside]:
    """Every settlement that gave the household something, with the collectives' part beside the households'.

    The latest first. Households' part is what its steps gave to parties, less what organisations got.
    """
    own: dict[tuple[int, int, int, int], int] = defaultdict(int)
    for settlement, year, turn, organisation, party, fen in (
        Allotment.objects.filter(
            party_id__in=parties, memo=False, step__settlement__organisation_id__in=organisations,
            step__settlement__state__in=CARRIED_OUT,
        )
        .values_list(
            "step__settlement_id", "step__settlement__year", "step__settlement__round",
            "step__settlement__organisation_id", "party_id",
        )
        .annotate(Sum("amount_fen"))
        .order_by()
    ):  # fmt: skip
        if belongs(party, date(year, 12, 31)):
            own[settlement, year, turn, organisation] += int(fen)
    if not own:
        return []
    posted = _posted_days({key[0] for key in own})
    shown = [key for key in own if posted.get(key[0], date.max) <= on]
    given, organised = _given([key[0] for key in shown], {key[3] for key in shown})
    return [
        Beside(
            organisation,
            year,
            turn,
            own[settlement, year, turn, organisation],
            given[settlement] - sum(fen for _, fen, _ in organised[settlement]),
            tuple((name, fen) for name, fen, kind in sorted(organised[settlement]) if kind == "collective"),
        )
        for settlement, year, turn, organisation in sorted(shown, key=lambda key: (-key[1], key[3], -key[2]))
    ]


def _given(
    settlements: Collection[int], organisations: Collection[int]
) -> tuple[dict[int, int], dict[int, list[tuple[str, int, str]]]]:
    """Settlement -> fen given to parties, and (name, fen, kind) of the organisations among them.

    Steps know their sums and organisations are few, so no household but one's own is read.
    """
    parties: dict[int, int] = defaultdict(int)
    organised: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
    steps = Step.objects.filter(settlement_id__in=settlements).exclude(debit_account="")
    step_of = {}
    for pk, settlement, fen in steps.values_list("pk", "settlement_id", "amount_fen"):
        step_of[pk] = settlement
        parties[settlement] += fen
    found = Allotment.objects.filter(step_id__in=list(step_of), memo=False)
    for step, fen in found.filter(party=None).values_list("step_id", "amount_fen"):
        parties[step_of[step]] -= fen
    known = linked.organised(organisations)
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for step, party, fen in found.filter(party_id__in=list(known)).values_list(
        "step_id", "party_id", "amount_fen"
    ):
        sums[step_of[step], party] += fen
    for (settlement, party), fen in sums.items():
        organised[settlement].append((known[party][0], fen, known[party][1]))
    return parties, organised


def _allotted(parties: Collection[int], organisations: Collection[int], belongs: Belongs) -> list[tuple]:
    """Settlement, year, organisation, stream and fen of every booked settlement."""
    rows = (
        Allotment.objects.filter(
            party_id__in=parties,
            memo=False,
            step__settlement__organisation_id__in=organisations,
            step__settlement__state__in=CARRIED_OUT,
        )
        .values_list(
            "step__settlement_id",
            "step__settlement__year",
            "step__settlement__organisation_id",
            "step__stream",
            "party_id",
        )
        .annotate(Sum("amount_fen"))
        .order_by()
    )
    return [(*of, fen) for *of, party, fen in rows if belongs(party, date(of[1], 12, 31))]


def _posted_days(settlements: Collection[int]) -> dict[int, date]:
    """Settlement -> the day its distribution was booked."""
    rows = Entry.objects.filter(settlement_id__in=settlements, posted=True, reverses=None).exclude(
        source__contains=":payout:"
    )
    return dict(rows.values_list("settlement_id").annotate(Max("day")).order_by())
