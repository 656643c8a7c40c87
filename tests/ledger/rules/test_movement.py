"""What a posting is to a household, and how the household stands: S2, L7."""

from datetime import date

import pytest

from lianjie.ledger.rules.movement import Part, about, debt, kind_of, says, since, stands

pytestmark = pytest.mark.mission("S2", "L7")


@pytest.mark.parametrize(
    ("account", "amount", "good", "kind", "word"),
    [
        ("301", -5, "", "contribution", "put_in"),
        ("301", 5, "", "contribution", "given_back"),
        ("114", -5, "", "rent", "owed"),
        ("114", 5, "", "payout", "paid"),
        ("213", 5, "", "wagepayment", "paid"),
        ("114", 5, "", "inputissue", "advance"),
        ("114", 5, "魔芋", "loan", "lent"),
        ("113", -5, "魔芋", "loanreturn", "came_back"),
        ("114", -5, "魔芋", "loandecision", "forgiven"),
        ("124", 5, "竹篾", "materialissue", "with_it"),
        ("124", -5, "竹篾", "piecereturn", "worked_up"),
        ("124", -5, "竹篾", "materialreturn", "material_back"),
        ("401", 5, "", "rent", ""),
        ("114", 5, "", "contractdue", "charged"),
        ("114", -5, "", "contractreceipt", "settled"),
        ("113", -5, "", "contractreceipt", "settled"),
        ("114", 5, "", "contractreceipt", "paid"),
        ("113", 5, "", "floorclaim", "charged"),
        ("113", -5, "", "floorclaim", "settled"),
    ],
)
def test_one_word_for_a_posting(account, amount, good, kind, word):
    assert says(account, amount, good, kind) == word


def test_a_payment_is_held_against_what_it_pays():
    rent, paid = "rent:DK1@2024-01-01:2025", "rentpayment:DK1@2024-01-01:2025"
    assert about(rent) == about(paid) == about(f"reversal:{paid}~2") == "DK1@2024-01-01:2025"
    assert about("settlement:2024.1:wages") == about("settlement:2024.1:payout:2") == "2024"
    assert kind_of("settlement:2024.1:payout:2") == "payout"
    assert kind_of("reversal:rent:x:2025") == "rent"
    found = stands(
        [Part(1, "114", "", "rent", -700, "a:2025"), Part(1, "114", "", "rentpayment", 700, "a:2025")]
    )
    assert found[0].owed == {}


def test_an_advance_is_never_set_off_against_rent():
    (found,) = stands([Part(1, "114", "", "rent", -700, "a:2025"), Part(1, "114", "", "inputissue", 500)])
    assert found.owed == {("rent", "a:2025"): 700}
    assert found.advances == 500
    assert (
        stands([Part(1, "114", "魔芋", "loan", 9), Part(1, "114", "魔芋", "loanreturn", -9)])[0].in_kind == {}
    )


def test_what_a_household_pays_under_a_contract_is_never_owed_to_it():
    """It owes 12,000 for a greenhouse and paid 6,000: the other 6,000 are the collective's to get."""
    (found,) = stands(
        [
            Part(1, "114", "", "contractdue", 1_200_000),
            Part(1, "114", "", "contractreceipt", -600_000),
            Part(1, "114", "", "rent", -700, "a:2025"),
        ]
    )
    assert found.owed == {("rent", "a:2025"): 700}
    assert (found.charged, found.advances) == ({"contract": 600_000}, 0)


def test_material_with_a_home_worker_is_held_and_not_owed():
    (found,) = stands(
        [Part(1, "124", "竹篾", "materialissue", 60_000), Part(1, "124", "竹篾", "piecereturn", -55_000)]
    )
    assert found.material == {"竹篾": 5_000}
    assert found.in_kind == {}


def test_what_was_owed_first_is_paid_first():
    first, second, third = date(2024, 9, 1), date(2025, 9, 1), date(2026, 9, 1)
    grew = [(third, 300), (first, 100), (second, 200)]
    assert [since(grew, left) for left in (600, 501, 500, 301, 300, 1, 0)] == [
        first, first, second, second, third, third, None,
    ]  # fmt: skip


def test_a_line_is_part_of_one_debt():
    assert debt("221", "wagepayment", "") == ("payroll", "")
    assert debt("114", "inputissue", "") == ("advance", "")
    assert debt("211", "contractreceipt", "") == ("contract", "")
    assert debt("114", "rentpayment", "Z1:2025") == ("rent", "Z1:2025")
    assert debt("501", "sale", "") is None
