"""What of the movements of a household's people is the household's: of the days they belonged to it (L7).

Somebody who moved leaves what was earned before with the household that was home then, so that nothing counts
in two. A payroll and what pays it are divided by the days worked, exactly; a settlement counts where a member
lived when its year ended; what else a person does in its own name, on its day. Goods a person holds go along.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from lianjie.facts.queries import work
from lianjie.facts.queries.linked import Whose
from lianjie.ledger.queries import movements
from lianjie.ledger.queries.movements import MovementRow
from lianjie.ledger.queries.payables import base_of
from lianjie.ledger.rules.booking_work import OWED
from lianjie.ledger.rules.movement import about

STATUS = {account: status for status, account in OWED.items()}
Line = tuple[int, str, int, str]
"""Organisation, source, party and account: what an entry says of a person on one account together."""


def movements_of(who: Whose, organisations: Collection[int], on: date) -> list[MovementRow]:
    """Every movement of a household in some organisations, the latest first.

    on  the day the page is of: goods are where whoever holds them lives on it

    For a household nobody left or joined, one question.
    """
    rows = movements.of_parties(who.ids, organisations)
    if not any(row.party_id in who.spells for row in rows):
        return rows
    return _Divided(who, organisations, rows, on).rows


class _Divided:
    def __init__(
        self, who: Whose, organisations: Collection[int], rows: Collection[MovementRow], on: date
    ) -> None:
        self.who, self.on = who, on
        self.worked = work.by_day(who.spells)
        self.sent = {
            (person, identity): accounts
            for person in who.spells
            for identity, accounts in movements.sent([person], organisations).items()
        }
        sums: dict[Line, int] = defaultdict(int)
        for row in rows:
            sums[_line(row)] += row.amount
        self.rows: list[MovementRow] = []
        told: set[Line] = set()
        for row in rows:
            if row.party_id not in who.spells:
                self.rows.append(row)
            elif row.good:
                self.rows += [row] if who.belongs(row.party_id, on) else []
            elif _line(row) not in told:
                told.add(_line(row))
                self.rows += self._part(replace(row, amount=sums[_line(row)]))

    def _part(self, row: MovementRow) -> list[MovementRow]:
        """What of everything an entry says of a person on one account is the household's."""
        source = row.source.removeprefix("reversal:")
        pays = self.sent.get((row.party_id, source), {}).get(row.account)
        if pays is None:
            mine = self._mine(row, source, row.amount)
            return [replace(row, amount=mine)] if mine else []
        sign = 1 if row.amount > 0 else -1
        parts = tuple((of, sign * part) for of, fen in pays if (part := self._mine(row, of, fen)))
        mine = sum(part for _, part in parts)
        return [replace(row, amount=mine, pays=parts)] if mine else []

    def _mine(self, row: MovementRow, source: str, fen: int) -> int:
        """The household's part of fen that arose from a source."""
        kind, _, key = base_of(source).partition(":")
        if kind in ("payroll", "wagepayment") and row.account in STATUS:
            days = self.worked[row.organisation_id, key, row.party_id, STATUS[row.account]]
            if abs(fen) == abs(sum(days.values())) and fen:
                mine = sum(part for day, part in days.items() if self.who.belongs(row.party_id, day))
                return mine if fen == sum(days.values()) else -mine
        year = about(source) if kind == "settlement" else ""
        day = date(int(year), 12, 31) if year.isdigit() else row.own_day
        return fen if self.who.belongs(row.party_id, day) else 0


def _line(row: MovementRow) -> Line:
    return row.organisation_id, row.source, row.party_id, f"{row.account} {row.good}"
