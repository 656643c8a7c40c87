"""Bank accounts that may be used, and what waits for a second person."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from lianjie.facts import sealing
from lianjie.facts.models import BankAccount, Party, Person, Residence, Ruling
from lianjie.facts.queries.names import named_like
from lianjie.facts.rules import bank as rules
from lianjie.facts.rules.relation import HEAD


@dataclass(frozen=True)
class AccountRow:
    """One account, its number masked. `state`: waiting, approved or rejected."""

    id: int
    key: str
    party_id: int
    party_code: str
    party: str
    village: str
    holder: str
    bank: str
    bank_code: str
    end: str
    day: date
    state: str
    reason: str
    made_by: str
    ruled_by: str
    evidence: str


@dataclass(frozen=True)
class Payee:
    """Where one party's money goes: the account in full. For payment files only; never shown or logged."""

    account_id: int
    holder: str
    bank: str
    bank_code: str
    number: str
    id_number: str = ""


@dataclass(frozen=True)
class RulingRow:
    """A ruling as people read it."""

    verdict: str
    reason: str
    at: datetime
    by: str


def subject(organisation_id: int, reference: str) -> str:
    """How a ruling names what it is about: keys are unique within an organisation only."""
    return f"{organisation_id}/{reference}"


def ruling(organisation_id: int, reference: str) -> RulingRow | None:
    """What the checker said, or None while it waits."""
    row = Ruling.objects.filter(subject=subject(organisation_id, reference)).select_related("by").first()
    return RulingRow(row.verdict, row.reason, row.at, row.by.get_username()) if row else None


def accounts(
    organisation_id: int, *, search: str = "", state: str = "", limit: int = 500
) -> list[AccountRow]:
    """Accounts as they stand, by name; those that wait first."""
    found = _ruled(_current(organisation_id))
    if search:
        found = found.filter(named_like("party", search) | Q(holder__icontains=search) | Q(number_end=search))
    if state:
        found = found.filter(_state(state))
    rows = found.select_related("party__area", "recorded_by").order_by("approved", "party__sort_key", "pk")[
        :limit
    ]
    return list(_rows(organisation_id, rows))


def of_party(organisation_id: int, party_id: int) -> list[AccountRow]:
    """One party's accounts."""
    found = _current(organisation_id).filter(party_id=party_id).select_related("party__area", "recorded_by")
    return list(_rows(organisation_id, found.order_by("-day", "-pk")))


def account(organisation_id: int, key: str) -> AccountRow | None:
    """One account by its key."""
    found = _current(organisation_id).filter(key=key).select_related("party__area", "recorded_by")
    return next(_rows(organisation_id, found), None)


def waiting(organisation_id: int) -> int:
    """How many accounts wait for approval."""
    return _ruled(_current(organisation_id)).filter(_state("waiting")).count()


def payees(organisation_id: int, party_ids: Collection[int]) -> dict[int, BankAccount]:
    """Party -> its newest approved account; a household without one is paid to its head's."""
    chosen: dict[int, BankAccount] = {}
    heads = dict(
        Residence.objects.current()
        .filter(household_id__in=party_ids, relation__in=HEAD, until_day=None)
        .values_list("person_id", "household_id")
    )
    wanted = [*party_ids, *heads]
    found: dict[int, BankAccount] = {}
    for start in range(0, len(wanted), 900):
        rows = _ruled(_current(organisation_id)).filter(
            party_id__in=wanted[start : start + 900], approved=True
        )
        found |= {row.party_id: row for row in rows.order_by("day", "pk")}
    for person, household in heads.items():
        if person in found:
            chosen[household] = found[person]
    chosen |= {party: row for party, row in found.items() if party in set(party_ids)}
    return chosen


def payer(organisation_id: int) -> Payee | None:
    """The organisation's own approved account, which pays; None when there is none."""
    row = payees(organisation_id, [organisation_id]).get(organisation_id)
    return open_accounts([row.pk])[row.pk] if row else None


def open_accounts(ids: Collection[int], *, with_id_numbers: bool = False) -> dict[int, Payee]:
    """Accounts in full, by id; with the holder's identity number only where a bank's layout wants it.

    Refuses with SealBroken when one was moved or changed.
    """
    found: dict[int, Payee] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), 900):
        rows = list(BankAccount.objects.filter(pk__in=wanted[start : start + 900]))
        holders = _id_numbers([row.party_id for row in rows]) if with_id_numbers else {}
        for row in rows:
            name = sealing.account_row(row.organisation_id, row.key)
            number = sealing.opened(row.number_sealed, name, row.number_digest)
            id_number = holders.get((row.party_id, rules.alike(row.holder)), "")
            found[row.pk] = Payee(row.pk, row.holder, row.bank, row.bank_code, number, id_number)
    return found


def _id_numbers(party_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """(household or person, name for comparing) -> identity number of that person."""
    living = Residence.objects.current().filter(household_id__in=party_ids, until_day=None)
    pairs = [*living.values_list("household_id", "person_id"), *((party, party) for party in party_ids)]
    people = {
        row.pk: row
        for row in Person.objects.filter(pk__in={person for _, person in pairs}).select_related("party")
        if row.id_number_sealed
    }
    return {
        (party, rules.alike(people[person].party.name)): sealing.opened(
            people[person].id_number_sealed or b"", sealing.person_row(person)
        )
        for party, person in pairs
        if person in people
    }


def names_of(party_id: int) -> set[str]:
    """The names an account of this party may carry: its own, and those of the people living in it."""
    own = set(Party.objects.filter(pk=party_id).values_list("name", flat=True))
    residents = Residence.objects.current().filter(household_id=party_id, until_day=None)
    return own | set(residents.values_list("person__name", flat=True))


def standing(organisation_id: int, party_id: int, indexes: Collection[str]) -> BankAccount | None:
    """The same account entered before and not rejected, or None."""
    found = _ruled(_current(organisation_id)).filter(
        party_id=party_id, number_index__in=indexes, rejected=False
    )
    return found.order_by("-pk").first()


def approved_before(row: BankAccount) -> BankAccount | None:
    """The approved account that this one would take the place of."""
    found = _ruled(_current(row.organisation_id)).filter(party_id=row.party_id, approved=True)
    return found.exclude(pk=row.pk).order_by("-day", "-pk").first()


def _current(organisation_id: int) -> QuerySet[BankAccount]:
    return BankAccount.objects.current().filter(organisation_id=organisation_id, until_day=None)


def _ruled(found: QuerySet[BankAccount]) -> QuerySet[BankAccount]:
    named = Concat(
        Cast(OuterRef("organisation_id"), CharField()),
        Value("/bankaccount:"),
        OuterRef("key"),
        output_field=CharField(),
    )
    rulings = Ruling.objects.filter(subject=named)
    return found.annotate(
        approved=Exists(rulings.filter(verdict="approved")),
        rejected=Exists(rulings.filter(verdict="rejected")),
    )


def _state(state: str) -> Q:
    return {
        "waiting": Q(approved=False, rejected=False),
        "approved": Q(approved=True),
        "rejected": Q(rejected=True),
    }.get(state, Q())


def _rows(
    organisation_id: int, found: Collection[BankAccount] | QuerySet[BankAccount]
) -> Iterator[AccountRow]:
    rows = list(found)
    names = {subject(organisation_id, row.reference): row for row in rows}
    ruled = {
        each.subject: each
        for each in Ruling.objects.filter(subject__in=list(names)[:900]).select_related("by")
    }
    for name, row in names.items():
        said = ruled.get(name)
        yield AccountRow(
            row.pk, row.key, row.party_id, row.party.code, row.party.name, row.party.area.name, row.holder,
            row.bank, row.bank_code, row.number_end, row.day, said.verdict if said else "waiting",
            said.reason if said else "", row.recorded_by.get_username() if row.recorded_by else "",
            said.by.get_username() if said else "", row.evidence,
        )  # fmt: skip
