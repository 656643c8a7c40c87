"""Ways in which people and Excel break a workbook, each with the refusals it must earn.

A case is a function that breaks the sample; the decorator says what is refused and where:
(class of the refusal, sheet, row as Excel counts, column), once for each refusal expected.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from tests.facts.broken.sample import OTHER, Formula, Typed, title

Where = tuple[str, str, int, str]


@dataclass(frozen=True)
class Case:
    """`registered`: the sample itself was entered before, and the registry knows its people."""

    name: str
    breaks: Callable[[Typed], None]
    expected: tuple[Where, ...]
    registered: bool = False


CASES: list[Case] = []


def case(*expected: Where, registered: bool = False) -> Callable[[Callable[[Typed], None]], None]:
    def take(breaks: Callable[[Typed], None]) -> None:
        CASES.append(Case(breaks.__name__, breaks, expected, registered))

    return take


def cell(name: str, refusal: str, sheet: str, row: int, column: str, value: Any) -> None:
    """The plainest case: one cell with the wrong thing in it, refused at that very cell."""

    def breaks(book: Typed) -> None:
        book.put(sheet, row, column, value)

    CASES.append(Case(name, breaks, ((refusal, sheet, row, column),)))


# Cells

cell("text_for_money", "NotMoney", "contributions", 2, "amount_fen", "五千元")
cell("unit_in_money", "NotMoney", "contributions", 2, "amount_fen", "5000元")
cell("exponent_in_money", "NotMoney", "contributions", 2, "amount_fen", "5e3")
cell("three_decimals_of_money", "TooFineMoney", "contributions", 2, "amount_fen", 5000.125)
cell("money_is_a_truth_value", "NotMoney", "contributions", 2, "amount_fen", True)
cell("money_is_a_date", "NotMoney", "contributions", 2, "amount_fen", date(2025, 1, 1))
cell("negative_rent", "TooSmall", "land", 2, "rent_fen_per_mu", -600)
cell("negative_price", "TooSmall", "deliveries", 3, "price_fen_per_kg", -1)
cell("money_beyond_reason", "TooLarge", "contributions", 2, "amount_fen", 9e15)
cell("negative_weight", "TooSmall", "deliveries", 3, "grams", -3)
cell("weight_of_zero", "TooSmall", "deliveries", 3, "grams", 0)
cell("text_for_weight", "NotNumber", "deliveries", 3, "grams", "三百斤")
cell("weight_with_unit", "NotNumber", "deliveries", 3, "grams", "300kg")
cell("weight_too_fine", "TooFine", "deliveries", 3, "grams", 0.0005)
cell("land_too_fine", "TooFine", "land", 3, "contract_extent_mu4", 1.23456)
cell("negative_land", "TooSmall", "land", 3, "contract_extent_mu4", -1.2)
cell("half_a_vote", "NotWhole", "members", 2, "extra_votes", 0.5)
cell("negative_tally", "TooSmall", "tallies", 3, "quantity", -12)
cell("tally_in_text", "NotNumber", "tallies", 3, "quantity", "十二天")
cell("figure_is_a_word", "NotNumber", "figures", 2, "value", "约十二万")
cell("date_as_words", "NotADate", "contributions", 2, "day", "去年一月")
cell("date_day_first", "AmbiguousDate", "contributions", 2, "day", "05/03/2025")
cell("date_two_digit_year", "AmbiguousDate", "contributions", 2, "day", "3-5-25")
cell("date_without_format", "NotADate", "contributions", 2, "day", 45731)
cell("date_is_only_a_year", "NotADate", "members", 2, "day", "2018")
cell("thirtieth_of_february", "NoSuchDay", "deliveries", 3, "day", "2025-02-30")
cell("thirteenth_month", "NoSuchDay", "deliveries", 3, "day", "2025年13月1日")
cell("date_before_the_republic", "DayOutOfRange", "members", 2, "day", date(1925, 6, 1))
cell("date_is_a_time_of_day", "NotADate", "members", 2, "day", time(12, 30))
cell("delivery_in_another_year", "NotInYear", "deliveries", 3, "day", date(2024, 10, 13))
cell("contribution_next_year", "AfterYear", "contributions", 3, "day", date(2026, 1, 2))
cell("year_in_words", "NotAYear", "organisation", 2, "year", "今年")
cell("year_of_two_digits", "NotAYear", "organisation", 2, "year", 25)
cell("pay_day_impossible", "NotAMonthDay", "land", 2, "due", "02-30")
cell("pay_day_in_words", "NotAMonthDay", "land", 2, "due", "年底")
cell("unknown_consent", "UnknownChoice", "members", 2, "consent", "微信同意")
cell("unknown_status", "UnknownChoice", "parties", 2, "status", "困难户")
cell("unknown_unit", "UnknownChoice", "figures", 2, "unit", "块")
cell("unknown_origin", "UnknownChoice", "contributions", 3, "origin", "亲友赠与")
cell("labour_as_capital", "LabourIsNotCapital", "contributions", 3, "origin", "劳务入股")
cell("labour_as_capital_in_english", "LabourIsNotCapital", "contributions", 3, "origin", "Labour")
cell("goodwill_as_capital", "NeverCapital", "contributions", 3, "origin", "商誉作价")
cell("formula_as_name", "LooksLikeFormula", "parties", 4, "name", '=HYPERLINK("http://x","点我")')
cell("plus_formula_as_note", "LooksLikeFormula", "deliveries", 2, "evidence", "+cmd|'/C calc'!A0")
cell("at_formula_as_note", "LooksLikeFormula", "deliveries", 2, "evidence", "@SUM(1,2)")
cell("full_width_formula", "LooksLikeFormula", "members", 2, "evidence", "＝1+1")
cell("name_lost_characters", "BrokenText", "parties", 4, "name", "王\ufffd五")
cell("name_too_long", "TooLong", "parties", 4, "name", "王" * 121)
cell("receipt_became_a_date", "CodeIsDate", "deliveries", 3, "receipt", date(2025, 1, 2))
cell("receipt_became_a_number", "CodeIsNumber", "deliveries", 3, "receipt", 2)
cell("receipt_with_a_space", "CodeHasSpaces", "deliveries", 3, "receipt", "BD 0002")
cell("parcel_digits_lost", "CodeIsNumber", "land", 3, "parcel", 5301221012010100002)
cell("account_in_words", "NotAnAccount", "balances", 2, "account", "银行存款")
cell("account_nobody_has", "UnknownAccount", "balances", 2, "account", "199")
cell("name_with_a_space_for_plans", "NotAPlanName", "figures", 2, "name", "总 盈余")
cell("good_with_a_slash", "NotAPlanName", "deliveries", 3, "good", "苹果/梨")
cell("required_name_missing", "CellEmpty", "parties", 4, "name", None)
cell("required_name_only_spaces", "CellEmpty", "parties", 4, "name", "  　")
cell("required_receipt_missing", "CellEmpty", "deliveries", 3, "receipt", None)
cell("required_amount_missing", "CellEmpty", "contributions", 3, "amount_fen", None)

# Identity numbers and codes

cell("id_number_as_number", "IdNumberIsNumber", "people", 2, "id_number", 360426199101010071)
cell("id_number_rounded_by_excel", "IdNumberDamaged", "people", 2, "id_number", "360426199101010000")
cell("id_number_in_exponent_form", "IdNumberDamaged", "people", 2, "id_number", "3.60426E+17")
cell("id_number_with_a_wrong_digit", "IdNumberWrong", "people", 2, "id_number", "360426199101010072")
cell("id_number_of_fifteen_digits", "IdNumberWrong", "people", 2, "id_number", "360426910101007")
cell("id_number_of_no_birthday", "IdNumberWrong", "people", 2, "id_number", "360426199113010079")
cell("phone_in_words", "PhoneWrong", "people", 2, "phone", "打她儿子的电话")
cell("masked_number_of_a_stranger", "MaskedNumberOfStranger", "people", 2, "id_number", "360426********0071")
cell("birthday_differs", "BirthDayDiffers", "people", 2, "birth_day", date(1991, 1, 2))
cell("area_code_of_a_township", "NotAVillage", "parties", 2, "village", "530122101000")
cell("area_nobody_knows", "UnknownArea", "parties", 2, "village", "530122101299")
cell("village_name_nobody_knows", "UnknownArea", "parties", 8, "village", "宝风村")
cell("area_code_too_short", "AreaCodeWrong", "areas", 4, "code", "53012")


@case(("SamePersonTwice", "people", 3, "id_number"))
def one_identity_number_for_two_people(book: Typed) -> None:
    book.put("people", 3, "id_number", "360426199101010071")
    book.put("people", 3, "birth_day", None)


@case(("IdNumberDiffers", "people", 2, "id_number"), registered=True)
def another_identity_number_than_registered(book: Typed) -> None:
    book.put("people", 2, "id_number", "11010519491231002X")


@case(("SamePersonTwice", "people", 5, "id_number"), registered=True)
def a_registered_person_under_another_code(book: Typed) -> None:
    book.grids[title("people")][1][book.column("people", "id_number")] = None
    book.add("people", code="P0009", name="张䶮", village="清水村", id_number="360426199101010071")


@case(("AreaNameAmbiguous", "parties", 8, "village"), ("AreaNameAmbiguous", "people", 4, "village"))
def two_villages_of_one_name(book: Typed) -> None:
    book.put("areas", 6, "name", "清水村")
    book.put("parties", 8, "village", "清水村")


# Rows and keys


@case(("EnteredTwice", "deliveries", 4, "receipt"))
def one_receipt_twice(book: Typed) -> None:
    book.grid("deliveries").append(list(book.grid("deliveries")[1]))


@case(("EnteredTwice", "contributions", 5, "receipt"))
def one_contribution_twice(book: Typed) -> None:
    book.grid("contributions").append(list(book.grid("contributions")[1]))


@case(("EnteredTwice", "parties", 10, "code"))
def one_household_twice(book: Typed) -> None:
    book.grid("parties").append(list(book.grid("parties")[1]))


@case(("HouseholdInTwoVillages", "parties", 10, "village"))
def a_household_in_two_villages(book: Typed) -> None:
    book.grid("parties").append(list(book.grid("parties")[1]))
    book.put("parties", 10, "village", OTHER)


@case(("HouseholdInTwoVillages", "parties", 2, "village"), registered=True)
def a_household_registered_in_another_village(book: Typed) -> None:
    book.put("parties", 2, "village", OTHER)


@case(("CodeTaken", "parties", 2, "code"), registered=True)
def a_code_that_belongs_to_another_household(book: Typed) -> None:
    book.put("parties", 2, "name", "冯八")


@case(("EnteredTwice", "people", 3, "code"))
def a_person_with_the_code_of_a_household(book: Typed) -> None:
    book.put("people", 3, "code", "N0002")


@case(("MemberTwice", "members", 8, "member"))
def one_member_twice(book: Typed) -> None:
    book.grid("members").append(list(book.grid("members")[1]))


@case(("MemberTwice", "members", 8, "member"))
def one_member_twice_with_another_day(book: Typed) -> None:
    book.add("members", member="N0001", day=date(2020, 1, 1), consent="签字")


@case(("EnteredTwice", "tallies", 4, "party"))
def one_tally_twice(book: Typed) -> None:
    book.grid("tallies").append(list(book.grid("tallies")[1]))


@case(("EnteredTwice", "balances", 5, "account"), ("BalancesDiffer", "balances", 5, "credit_fen"))
def one_account_twice(book: Typed) -> None:
    book.grid("balances").append(list(book.grid("balances")[1]))


@case(("OneRowOnly", "organisation", 3, "code"))
def two_organisations_in_one_book(book: Typed) -> None:
    book.grid("organisation").append(list(book.grid("organisation")[1]))


@case(("SheetEmpty", "organisation", 2, ""))
def no_organisation(book: Typed) -> None:
    del book.grid("organisation")[1:]
    for code in ("posts", "links"):  # they name it, and would be refused for it
        del book.grid(code)[1:]


# What refers to what


@case(("UnknownParty", "deliveries", 3, "household"))
def a_grower_nobody_knows(book: Typed) -> None:
    book.put("deliveries", 3, "household", "N0066")


@case(("UnknownParty", "members", 2, "represented_by"))
def a_representative_nobody_knows(book: Typed) -> None:
    book.put("members", 2, "represented_by", "P9")


@case(("NotAPerson", "posts", 2, "person"))
def a_household_in_office(book: Typed) -> None:
    book.put("posts", 2, "person", "N0001")


@case(("NotAnOrganisation", "posts", 2, "held_in"))
def an_office_in_a_household(book: Typed) -> None:
    book.put("posts", 2, "held_in", "N0001")


@case(("NeitherHouseholdNorCollective", "land", 3, "household"))
def land_of_a_party_branch(book: Typed) -> None:
    book.put("land", 3, "household", "ZB01")


@case(("NotAHousehold", "people", 2, "household"))
def a_person_who_lives_in_a_collective(book: Typed) -> None:
    book.put("people", 2, "household", "JT01")


@case(("UnknownAgreement", "contributions", 2, "agreement"))
def an_agreement_nobody_signed(book: Typed) -> None:
    book.put("contributions", 2, "agreement", "XY009")


@case(("AgreementOfAnother", "contributions", 3, "agreement"))
def an_agreement_of_another_member(book: Typed) -> None:
    book.put("contributions", 3, "agreement", "XY001")


# The law and plain sense


@case(("VillageCommitteeCannotJoin", "members", 8, "member"))
def a_village_committee_as_member(book: Typed) -> None:
    book.add("parties", code="CW01", name="宝峰村村民委员会", kind="村委会", village="宝峰村")
    book.add("members", member="CW01", day=date(2020, 1, 1), consent="会议决议", is_farmer="否")


@case(("VillageCommitteeCannotJoin", "members", 8, "member"))
def a_party_branch_as_member(book: Typed) -> None:
    book.add("members", member="ZB01", day=date(2020, 1, 1), consent="会议决议", is_farmer="否")


@case(("MemberOfItself", "members", 8, "member"))
def a_member_of_itself(book: Typed) -> None:
    book.add("members", member="HM01", day=date(2020, 1, 1), consent="会议决议", is_farmer="否")


@case(("LeaseOutlivesContract", "land", 2, "lease_until_day"))
def a_lease_longer_than_the_contract_right(book: Typed) -> None:
    book.put("land", 2, "lease_until_day", date(2030, 12, 31))


@case(("LeaseWithoutStart", "land", 2, "lease_day"))
def a_lease_without_its_first_day(book: Typed) -> None:
    book.put("land", 2, "lease_day", None)


@case(("CellEmpty", "land", 2, "rent_fen_per_mu"), ("CellEmpty", "land", 2, "due"))
def a_lease_without_rent(book: Typed) -> None:
    book.put("land", 2, "rent_fen_per_mu", None)
    book.put("land", 2, "due", None)


@case(("CellEmpty", "land", 2, "measured_extent_mu4"))
def rent_counted_on_an_extent_nobody_measured(book: Typed) -> None:
    book.put("land", 2, "measured_extent_mu4", None)


@case(("ParcelLeasedTwice", "land", 4, "lease_day"))
def a_parcel_let_twice(book: Typed) -> None:
    book.grid("land").append(list(book.grid("land")[1]))
    book.put("land", 4, "lease_day", date(2025, 1, 1))


@case(("ParcelDiffers", "land", 4, "parcel"))
def a_parcel_of_two_households(book: Typed) -> None:
    book.grid("land").append(list(book.grid("land")[1]))
    book.put("land", 4, "household", "N0003")
    book.put("land", 4, "lease_day", None)
    for column in ("lease_until_day", "extent_basis", "rent_fen_per_mu", "due", "form"):
        book.put("land", 4, column, None)


@case(("EndsBeforeItBegins", "members", 2, "until_day"))
def left_before_joining(book: Typed) -> None:
    book.put("members", 2, "until_day", date(2017, 1, 1))


@case(("NothingPaidIn", "contributions", 3, "amount_fen"))
def a_contribution_of_nothing(book: Typed) -> None:
    book.put("contributions", 3, "amount_fen", 0)


@case(("ReceiptOfAnotherYear", "contributions", 3, "receipt"), registered=True)
def receipt_numbers_that_began_anew(book: Typed) -> None:
    book.put("contributions", 3, "day", date(2025, 1, 11))


@case(("SignsDiffer", "contributions", 2, "shares_e4"))
def capital_given_back_with_more_shares(book: Typed) -> None:
    book.put("contributions", 2, "amount_fen", -5000)


@case(("AmountDiffers", "deliveries", 2, "amount_fen"))
def an_amount_that_is_not_weight_times_price(book: Typed) -> None:
    book.put("deliveries", 2, "amount_fen", 1604.2)


@case(("BalancesDiffer", "balances", 4, "credit_fen"))
def a_trial_balance_that_does_not_balance(book: Typed) -> None:
    book.put("balances", 2, "debit_fen", 49999.99)


@case(("TwoSides", "balances", 2, "credit_fen"))
def an_account_on_both_sides(book: Typed) -> None:
    book.put("balances", 2, "debit_fen", 50001)
    book.put("balances", 2, "credit_fen", 1)


@case(("CellEmpty", "balances", 5, "debit_fen"))
def an_account_on_no_side(book: Typed) -> None:
    book.add("balances", account="121")


@case(("CellEmpty", "people", 5, "household"))
def a_person_who_lives_nowhere(book: Typed) -> None:
    book.add("people", code="P0004", name="吴九")


@case(("CellEmpty", "people", 2, "relation"))
def a_resident_without_relation(book: Typed) -> None:
    book.put("people", 2, "relation", None)


@case(("CellEmpty", "parties", 2, "status_day"))
def a_status_without_its_day(book: Typed) -> None:
    book.put("parties", 2, "status_day", None)


# Sheets, captions, cells that are not values


@case(("SheetMissing", "organisation", 0, ""), ("SheetUnknown", "合作社", 0, ""))
def the_first_sheet_renamed(book: Typed) -> None:
    book.rename("organisation", "合作社")


@case(("SheetUnknown", "交售表", 0, ""))
def a_sheet_renamed(book: Typed) -> None:
    book.rename("deliveries", "交售表")


@case(("SheetTwice", "Deliveries", 0, ""))
def a_sheet_in_two_languages(book: Typed) -> None:
    book.grids["Deliveries"] = book.grid("deliveries")


@case(("SheetMissing", "organisation", 0, ""), ("SheetUnknown", "Sheet1", 0, ""))
def quite_another_workbook(book: Typed) -> None:
    book.grids = {"Sheet1": [["姓名", "分红"], ["张三", 100]]}


@case(("HeaderMissing", "deliveries", 1, ""))
def a_title_above_the_captions(book: Typed) -> None:
    book.grid("deliveries").insert(0, ["2025年交售台账"])


@case(("CellsMerged", "deliveries", 1, "receipt"), ("HeaderMissing", "deliveries", 1, ""))
def a_merged_title_above_the_captions(book: Typed) -> None:
    book.grid("deliveries").insert(0, ["2025年交售台账"])
    book.merged[title("deliveries")] = [(0, 0, 0, 8)]


@case(("HeaderMissing", "deliveries", 1, ""))
def captions_deleted(book: Typed) -> None:
    del book.grid("deliveries")[0]


@case(("ColumnUnknown", "deliveries", 1, "grams"), ("ColumnMissing", "deliveries", 1, ""))
def a_caption_changed(book: Typed) -> None:
    book.put("deliveries", 1, "grams", "净重")


@case(("ColumnTwice", "deliveries", 1, "grade"))
def a_caption_twice(book: Typed) -> None:
    book.put("deliveries", 1, "grade", "单价（元/公斤）")


@case(("ColumnUnnamed", "deliveries", 1, "grade"))
def a_caption_emptied(book: Typed) -> None:
    book.put("deliveries", 1, "grade", None)


@case(("CellsMerged", "members", 2, "day"))
def cells_merged_down(book: Typed) -> None:
    column = book.column("members", "day")
    book.merged[title("members")] = [(1, column, 2, column)]


@case(("CellIsFormula", "deliveries", 2, "amount_fen"))
def an_amount_counted_by_a_formula(book: Typed) -> None:
    book.put("deliveries", 2, "amount_fen", Formula("=E2*F2", 1064.2))


@case(("CellIsError", "deliveries", 2, "amount_fen"))
def an_amount_that_shows_an_error(book: Typed) -> None:
    book.put("deliveries", 2, "amount_fen", Formula("=#REF!*2", "#REF!"))


@case(("TooManyColumns", "deliveries", 1, "XFD"))
def a_cell_at_the_end_of_the_world(book: Typed) -> None:
    book.grid("deliveries")[1] += [None] * (16384 - len(book.grid("deliveries")[1]) - 1) + ["!"]


@case(
    ("NotMoney", "contributions", 2, "amount_fen"),
    ("LabourIsNotCapital", "contributions", 3, "origin"),
    ("TooSmall", "deliveries", 2, "grams"),
    ("UnknownParty", "deliveries", 3, "household"),
    ("NotADate", "members", 2, "day"),
)
def many_things_at_once(book: Typed) -> None:
    """All of them are named in one go, or the accountant mends one a day."""
    book.put("contributions", 2, "amount_fen", "五千")
    book.put("contributions", 3, "origin", "投工投劳")
    book.put("deliveries", 2, "grams", -1)
    book.put("deliveries", 3, "household", "N0066")
    book.put("members", 2, "day", datetime(2018, 6, 1).strftime("%d %B"))
