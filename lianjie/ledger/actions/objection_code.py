"""Codes of statements: made at the disclosure, made anew when a paper is lost, tried at the door."""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from lianjie.facts import sealing
from lianjie.facts.actions.audit import note
from lianjie.ledger import parameters
from lianjie.ledger.models import CodeTry, Settlement, StatementCode
from lianjie.ledger.queries.settlements import SettlementRow
from lianjie.ledger.rules import objection as rules

KEPT_HOURS = 24
"""Tries are for shutting the door; they are forgotten after a day."""
DEAD = ("withdrawn", "reversed")


@dataclass(frozen=True)
class Door:
    """What a code and its number open: one party's lines of one settlement."""

    settlement_id: int
    party_id: int
    index: str


@dataclass(frozen=True)
class Secret:
    """What is printed on one statement."""

    code: str
    pin: str


def issue(settlement_id: int, party_ids: Iterable[int], *, at: datetime, by: int | None) -> None:
    """A first code for each party. Call it inside the transaction of the disclosure."""
    rows = [_fresh(settlement_id, each, 1, at=at, by=by) for each in party_ids]
    StatementCode.objects.bulk_create(rows, batch_size=1000)


@transaction.atomic
def issue_anew(row: SettlementRow, party_id: int, *, reason: str, at: datetime, by: int | None) -> None:
    """Another code for a lost or copied statement; the one before opens nothing any more."""
    Settlement.objects.select_for_update().get(pk=row.id)
    before = StatementCode.objects.filter(settlement_id=row.id, party_id=party_id).order_by("-number").first()
    number = before.number + 1 if before else 1
    made = _fresh(row.id, party_id, number, at=at, by=by)
    made.save()
    subject = f"settlement:{row.organisation}/{row.year}/{row.round}"
    told = {"party": made.party.code, "number": number}
    note(
        "settle:new-code",
        subject=subject,
        organisation_id=row.organisation_id,
        text=reason,
        after=told,
        by=by,
    )


def printed(settlement_id: int, party_ids: Iterable[int] | None = None) -> Mapping[str, Secret]:
    """Party code -> what its statement prints; of several the newest."""
    rows = StatementCode.objects.filter(settlement_id=settlement_id)
    if party_ids is not None:
        rows = rows.filter(party_id__in=list(party_ids))
    found = {}
    for row in rows.select_related("party").order_by("party_id", "number"):
        name = sealing.statement_code_row(row.settlement_id, row.party_id, row.number)
        code, _, pin = sealing.opened(row.sealed, name, row.digest).partition(" ")
        found[row.party.code] = Secret(code, pin)
    return found


def open_by(code: str, pin: str, *, address: str, at: datetime) -> Door:
    """Try a code and its number. The same refusal for a code nobody has and for a wrong number.

    Refuses with CodeDoesNotFit, or with TriedTooOften after several wrong tries of one code or one address.
    A try is kept before it is judged, so that many at once are counted as many.
    """
    indexes = sealing.statement_code_indexes(rules.tidy(code))
    index = indexes[0]
    terms = rules.terms(parameters.text("objection"), at.date())
    CodeTry.objects.filter(at__lt=at - timedelta(hours=KEPT_HOURS)).delete()
    this = CodeTry.objects.create(at=at, index=index, address=address[:45])
    since = CodeTry.objects.filter(at__gte=at - timedelta(minutes=terms.shut_minutes), passed=False)
    of_code = since.filter(index=index)
    last = CodeTry.objects.filter(index=index, passed=True).order_by("-pk").first()
    if last is not None:
        of_code = of_code.filter(pk__gt=last.pk)
    if (
        of_code.count() > terms.wrong_tries
        or since.filter(address=address[:45]).count() > terms.wrong_tries_of_an_address
    ):
        raise rules.TriedTooOften(minutes=terms.shut_minutes)
    row, right = _looked_up(indexes)
    if not hmac.compare_digest(right.encode(), pin.strip().encode()) or row is None:
        raise rules.CodeDoesNotFit
    if row.settlement.state in DEAD or row.at.date() + timedelta(days=terms.code_days) < at.date():
        raise rules.CodeDoesNotFit
    CodeTry.objects.filter(pk=this.pk).update(passed=True)
    return Door(row.settlement_id, row.party_id, index)


def index_of(code: str) -> str:
    """How a session remembers a code it opened."""
    return sealing.statement_code_index(rules.tidy(code))


def _looked_up(indexes: list[str]) -> tuple[StatementCode | None, str]:
    """The row with the code, if it is its party's newest, and its number; as much work when there is none."""
    row = StatementCode.objects.filter(index__in=indexes).select_related("settlement").first()
    if row is None:
        decoy = "statementcode:none"
        sealing.opened(sealing.seal("none none", decoy), decoy)
        return None, "none"
    newer = StatementCode.objects.filter(
        settlement_id=row.settlement_id, party_id=row.party_id, number__gt=row.number
    ).exists()
    name = sealing.statement_code_row(row.settlement_id, row.party_id, row.number)
    text = sealing.opened(row.sealed, name, row.digest)
    return (None, "none") if newer else (row, text.partition(" ")[2])


def _fresh(settlement_id: int, party_id: int, number: int, *, at: datetime, by: int | None) -> StatementCode:
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE_LENGTH))
    pin = f"{secrets.randbelow(10**rules.PIN_LENGTH):0{rules.PIN_LENGTH}d}"
    name = sealing.statement_code_row(settlement_id, party_id, number)
    sealed = sealing.seal(f"{code} {pin}", name)
    return StatementCode(
        settlement_id=settlement_id,
        party_id=party_id,
        number=number,
        index=sealing.statement_code_index(code),
        sealed=sealed,
        digest=sealing.digest(sealed, name),
        at=at,
        by_id=by,
    )
