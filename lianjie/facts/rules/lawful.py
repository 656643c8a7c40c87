"""What the law and plain sense refuse (CHECKS), and what they only flag for a person (LOOKS).

Sources: Law on Farmers' Professional Cooperatives (2017), arts. 12, 19, 20, 22; Rural Land Contract Law
(2018), arts. 38 and 40; Regulations on the Registration of Market Entities (2021), art. 13.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.rules import identity
from lianjie.facts.rules.cells import CellEmpty
from lianjie.facts.rules.draft import ONE_DAY, Draft, EnteredTwice, Line
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.references import parties_of

COOP_LAW = "Law on Farmers' Professional Cooperatives"
NEVER_MEMBERS = ("committee", "branch", "public_body")
FOREVER = date.max


class VillageCommitteeCannotJoin(InWorkbook):
    what = N_(
        "“{code}” ({name}) runs public affairs and can never be a member "
        "(Law on Farmers' Professional Cooperatives, art. 19)."
    )
    fix = N_("Enter the village's collective economic organisation, or the persons themselves.")


class MemberTwice(InWorkbook):
    what = N_("The member “{code}” is already entered in row {first}, for the same days.")
    fix = N_("Keep one row; a member who left and came back has a last day in the first row.")


class MemberOfItself(InWorkbook):
    what = N_("“{code}” is the organisation whose book this is; it cannot be its own member.")
    fix = N_("Write the code of the member.")


class NothingPaidIn(InWorkbook):
    what = N_("The amount is zero.")
    fix = N_("Write what was paid in, or take the row out.")


class ReceiptOfAnotherYear(InWorkbook):
    what = N_("The receipt “{receipt}” already stands for a contribution of {day}.")
    fix = N_("Give this contribution a number of its own, for example with the year in front.")


class SignsDiffer(InWorkbook):
    what = N_("Amount and shares have different signs.")
    fix = N_("A return of capital takes a negative amount and negative shares.")


class RightWithoutLand(InWorkbook):
    what = N_("Only a land right has a last day it may be used.")
    fix = N_("Leave it empty, or give the origin as land right.")


class LeaseOutlivesContract(InWorkbook):
    what = N_(
        "The lease runs until {last}, but the contract right ends on {end} "
        "(Rural Land Contract Law, art. 38: not longer than the rest of the contract)."
    )
    fix = N_("End the lease on or before that day.")


class LeaseWithoutStart(InWorkbook):
    what = N_("There is a lease here without its first day.")
    fix = N_("Fill in the first day of the lease, or clear the other columns of the lease.")


class ParcelLeasedTwice(InWorkbook):
    what = N_("The parcel “{parcel}” is leased on the same days in row {first}.")
    fix = N_("End one lease before the other begins.")


class ParcelDiffers(InWorkbook):
    what = N_("The parcel “{parcel}” is described differently in row {first}.")
    fix = N_("Household, extents and contract days of a parcel must be the same in all its rows.")


class AmountDiffers(InWorkbook):
    what = N_("The amount {amount} is not weight times price, which is {expected}.")
    fix = N_("Compare weight, price and amount with the receipt.")


class TwoSides(InWorkbook):
    what = N_("The account has a debit and a credit balance in one row.")
    fix = N_("Keep the side the balance stands on.")


class BalancesDiffer(InWorkbook):
    what = N_("The trial balance does not balance: debits {debit}, credits {credit}.")
    fix = N_("Compare with the books; both columns must add up to the same sum.")


class BirthDayDiffers(InWorkbook):
    what = N_("The day of birth is not the one in the identity number.")
    fix = N_("Compare both with the card, or leave the day of birth empty.")


def _members(draft: Draft) -> Iterator[Refusal]:
    everybody = parties_of(draft)
    spells: dict[str, list[Line]] = defaultdict(list)
    for line in draft.of("members"):
        code = line.get("member")
        if not code:
            continue
        party = everybody.get(code)
        if code == draft.own_code:
            yield MemberOfItself(line.place("member"), code=code)
        elif party and party.kind in NEVER_MEMBERS:
            yield VillageCommitteeCannotJoin(line.place("member"), code=code, name=party.name)
        twice = next((other for other in spells[code] if _overlap(other, line, "day", "until_day")), None)
        if twice is not None:
            yield MemberTwice(line.place("member"), code=code, first=twice.number)
        spells[code].append(line)


def _overlap(one: Line, other: Line, start: str, until: str) -> bool:
    """True when some day lies in both spells; a first day that could not be read is no complaint."""
    if not one.get(start) or not other.get(start):
        return False
    return bool(one.get(start) < other.get(until, FOREVER) and other.get(start) < one.get(until, FOREVER))


def _contributions(draft: Draft) -> Iterator[Refusal]:
    for line in draft.of("contributions"):
        amount, shares = line.get("amount_fen"), line.get("shares_e4", 0)
        if amount == 0:
            yield NothingPaidIn(line.place("amount_fen"))
        kept, day = draft.known.receipts.get(line.get("receipt", "")), line.get("day")
        if kept and day and kept.year != day.year:
            # Numbers that begin anew each year would quietly correct the capital of an earlier one.
            yield ReceiptOfAnotherYear(line.place("receipt"), receipt=line.get("receipt"), day=kept)
        if amount and shares and (amount > 0) != (shares > 0):
            yield SignsDiffer(line.place("shares_e4"))
        if line.get("right_until_day") and line.get("origin", "land_right") != "land_right":
            yield RightWithoutLand(line.place("right_until_day"))


LEASE = ("lease_until_day", "extent_basis", "rent_fen_per_mu", "due", "form")
PARCEL = (
    "household",
    "day",
    "contract_extent_mu4",
    "name",
    "measured_extent_mu4",
    "land_type",
    "grade",
    "contract_until_day",
)


def _land(draft: Draft) -> Iterator[Refusal]:
    parcels: dict[str, list[Line]] = defaultdict(list)
    for line in draft.of("land"):
        yield from _lease(line)
        parcel = line.get("parcel")
        if parcel:
            yield from _same_parcel(line, parcel, parcels[parcel], draft.known.handed_back)
            parcels[parcel].append(line)


def _lease(line: Line) -> Iterator[Refusal]:
    if line.broken:
        return
    if not line.get("lease_day"):
        if any(line.get(column) is not None for column in LEASE):
            yield LeaseWithoutStart(line.place("lease_day"))
        return
    wanted = (*LEASE, "measured_extent_mu4") if line.get("extent_basis") == "measured" else LEASE
    for column in wanted:
        if line.get(column) is None:
            yield CellEmpty(line.place(column), example=line.sheet.by_code[column].example)
    until, end = line.get("lease_until_day"), line.get("contract_until_day")
    if until and end and until > end:
        yield LeaseOutlivesContract(line.place("lease_until_day"), last=until - ONE_DAY, end=end - ONE_DAY)


def _same_parcel(
    line: Line, parcel: str, before: list[Line], handed_back: Mapping[str, date]
) -> Iterator[Refusal]:
    def over(one: Line, then: Line) -> bool:
        """The land had gone back before the other lease began."""
        back, first = handed_back.get(f"{parcel}@{one.get('lease_day')}"), then.get("lease_day")
        return bool(back and first and back <= first)

    for other in before:
        if any(line.get(column) != other.get(column) for column in PARCEL):
            yield ParcelDiffers(line.place("parcel"), parcel=parcel, first=other.number)
        elif line.get("lease_day") == other.get("lease_day"):
            yield EnteredTwice(line.place("parcel"), key=parcel, first=other.number)
        elif over(line, other) or over(other, line):
            continue
        elif _overlap(line, other, "lease_day", "lease_until_day"):
            yield ParcelLeasedTwice(line.place("lease_day"), parcel=parcel, first=other.number)
        else:
            continue
        return


def _deliveries(draft: Draft) -> Iterator[Refusal]:
    """An amount left empty is counted here: weight x price, half a fen up."""
    for line in draft.of("deliveries"):
        grams, price = line.get("grams"), line.get("price_fen_per_kg")
        if grams is None or price is None:
            continue
        exact = Fraction(grams * price, 1000)
        expected = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
        amount = line.values.setdefault("amount_fen", expected) if not line.broken else expected
        if abs(amount - exact) >= 1:
            yield AmountDiffers(line.place("amount_fen"), amount=Fen(amount), expected=Fen(expected))


def _balances(draft: Draft) -> Iterator[Refusal]:
    lines = draft.of("balances")
    for line in lines:
        if line.get("debit_fen") and line.get("credit_fen"):
            yield TwoSides(line.place("credit_fen"))
        elif not line.broken and line.get("debit_fen") is None and line.get("credit_fen") is None:
            yield CellEmpty(line.place("debit_fen"), example="1234.50")
    debit = sum(line.get("debit_fen", 0) for line in lines)
    credit = sum(line.get("credit_fen", 0) for line in lines)
    if debit != credit and not any(line.broken for line in lines):
        place = lines[-1].place("credit_fen")
        yield BalancesDiffer(place, debit=Fen(debit), credit=Fen(credit))


def _people(draft: Draft) -> Iterator[Refusal]:
    """A person lives in a household, with relation and day, or else in a village."""
    for line in draft.of("people"):
        if line.get("household"):
            for column in ("relation", "since_day"):
                if line.get(column) is None and not line.broken:
                    yield CellEmpty(line.place(column), example=line.sheet.by_code[column].example)
        elif not line.get("village") and not line.broken:
            yield CellEmpty(line.place("household"), example="N0001")
        number = line.get("id_number")
        born = identity.birth_day(number) if number else None
        if born and line.values.setdefault("birth_day", born) != born:
            yield BirthDayDiffers(line.place("birth_day"))


def _statuses(draft: Draft) -> Iterator[Refusal]:
    for line in draft.of("parties"):
        if line.get("status") and not line.get("status_day") and not line.broken:
            yield CellEmpty(line.place("status_day"), example="2020-12-31")
        if line.get("status_day") and not line.get("status") and not line.broken:
            yield CellEmpty(line.place("status"), example=line.sheet.by_code["status"].example)


CHECKS = (_members, _contributions, _land, _deliveries, _balances, _people, _statuses)


def _is_coop(draft: Draft) -> bool:
    return bool(draft.organisation and draft.organisation.get("kind") == "coop")


def _running(draft: Draft) -> list[Line]:
    """Members on the last day of the book's year."""
    last = date(draft.year or 1, 12, 31)
    return [line for line in draft.of("members") if line.get("until_day", FOREVER) > last]


def _shape_of_coop(draft: Draft) -> Iterator[Finding]:
    members = _running(draft)
    if not _is_coop(draft) or not members:
        return
    everybody = parties_of(draft)
    count = len(members)
    farmers = sum(1 for line in members if line.get("is_farmer", True))
    bodies = sum(1 for m in members if everybody[m.get("member")].kind not in ("household", "person"))
    votes = sum(line.get("extra_votes", 0) for line in members)
    where = members[0].raw.title
    if count < 5:
        text = N_("Members of the cooperative: {count}; the law asks for at least five.")
        yield Finding("too-few-members", text, {"count": count}, where=where, law=f"{COOP_LAW}, art. 12")
    if farmers * 5 < count * 4:
        text = N_("Farmers among the members: {farmers} of {count}; the law asks for at least four fifths.")
        details = {"farmers": farmers, "count": count}
        yield Finding("too-few-farmers", text, details, where=where, law=f"{COOP_LAW}, art. 20")
    if bodies > (1 if count <= 20 else count // 20):
        text = N_("Organisations among members: {bodies} of {count}; the law allows one, or 5 % above 20.")
        details = {"bodies": bodies, "count": count}
        yield Finding("too-many-organisations", text, details, where=where, law=f"{COOP_LAW}, art. 20")
    if votes * 5 > count:
        text = N_("There are {votes} extra votes beside {count} base votes; the law allows a fifth.")
        details = {"votes": votes, "count": count}
        yield Finding("too-many-extra-votes", text, details, where=where, law=f"{COOP_LAW}, art. 22")


def _credit_codes(draft: Draft) -> Iterator[Finding]:
    """Old codes with other check characters are in use, so a misfit is for a person to look at."""
    text = N_("The check character of the credit code {code} does not fit.")
    for sheet in ("organisation", "parties"):
        for line in draft.of(sheet):
            code = line.get("credit_code")
            if code and not identity.is_credit_code(code):
                place = line.place("credit_code").short
                yield Finding("credit-code-misfit", text, {"code": code}, where=place, law="GB 32100-2015")


def _id_numbers(draft: Draft) -> Iterator[Finding]:
    """Excel's damage fits the check digit once in eleven; the number may also be right."""
    text = N_("The identity number ends in 000; compare it with the card.")
    for line in draft.of("people"):
        if line.get("id_number", "").endswith("000"):
            yield Finding("id-number-ends-in-zeros", text, where=line.place("id_number").short)


def _verbal_leases(draft: Draft) -> Iterator[Finding]:
    text = N_("The lease of parcel {parcel} is verbal; leases of more than a year are written.")
    for line in draft.of("land"):
        start, until = line.get("lease_day"), line.get("lease_until_day")
        if line.get("form") == "verbal" and start and until and until - start > timedelta(days=366):
            place = line.place("form").short
            details = {"parcel": line.get("parcel")}
            yield Finding("verbal-lease", text, details, where=place, law="Rural Land Contract Law, art. 40")


def _paid_by_strangers(draft: Draft) -> Iterator[Finding]:
    members = {line.get("member") for line in draft.of("members")} | draft.known.members
    text = N_("{code} paid in capital but is not entered as a member.")
    for line in draft.of("contributions"):
        code = line.get("member")
        if code not in members:
            place = line.place("member").short
            yield Finding("contributor-is-no-member", text, {"code": code}, where=place)


def _funds_without_agreement(draft: Draft) -> Iterator[Finding]:
    text = N_("{code}'s fund became a share without a signed agreement on record.")
    for line in draft.of("contributions"):
        if line.get("origin") == "household_fund" and not line.get("agreement"):
            details = {"code": line.get("member")}
            yield Finding("fund-without-agreement", text, details, where=line.place("agreement").short)


LOOKS = (
    _shape_of_coop,
    _credit_codes,
    _id_numbers,
    _verbal_leases,
    _paid_by_strangers,
    _funds_without_agreement,
)
