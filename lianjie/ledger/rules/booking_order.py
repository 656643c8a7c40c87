"""Money under an order -> its entries.

A deposit taken is owed to the buyer until it is set off, given back, doubled or kept: 211, or 114 when
the buyer is a member. A sale is owed by the buyer: 113, or 114; its income is 501, what the crop had cost
521 against 121. Damages and a kept deposit are other income (502); damages owed and what doubles a deposit
other expense (529). A premium we pay is an operating expense (521), what the insurer pays other income (502).
What the buyer makes good of floor incomes meets the claim booked with them (booking.floor_claim), or is other
income (502) where growers and buyer bear the loss together.
Source: accounting system 财会〔2021〕37号, notes on these accounts; Civil Code, art. 587.
"""

from lianjie.base.words import N_
from lianjie.facts.rules.handed import OrderFact
from lianjie.ledger.rules.booking import payable
from lianjie.ledger.rules.booking_in_kind import claim
from lianjie.ledger.rules.entry import Entry, Posting, entry

BANK, STOCK, INCOME, OTHER_INCOME, EXPENSE, OTHER_EXPENSE = "102", "121", "501", "502", "521", "529"
TEXTS = {
    "deposit": N_("Deposit of an order taken"),
    "set_off": N_("Deposit of an order set off against the price"),
    "returned": N_("Deposit of an order given back"),
    "doubled": N_("Deposit of an order given back double"),
    "kept": N_("Deposit of an order kept"),
    "payment": N_("Paid under an order"),
    "paid_out": N_("Damages paid under an order"),
    "premium": N_("Premium of a harvest insurance"),
    "payout": N_("Paid by the insurer of a harvest"),
    "floor": N_("Floor income made good by the buyer"),
    "sale": N_("Crop sold under an order"),
    "damages": N_("Damages under an order"),
    "damages_ours": N_("Damages under an order"),
}


def order(fact: OrderFact) -> Entry:
    """The entry of money, a sale or damages under an order."""
    owed, claimed = payable(fact.member), claim(fact.member)
    debit, credit = {
        "deposit": (BANK, owed),
        "set_off": (owed, claimed),
        "returned": (owed, BANK),
        "doubled": (owed, BANK),
        "kept": (owed, OTHER_INCOME),
        "payment": (BANK, claimed),
        "paid_out": (owed, BANK),
        "premium": (EXPENSE, BANK),
        "payout": (BANK, OTHER_INCOME),
        "floor": (BANK, claimed if fact.bearer == "buyer" else OTHER_INCOME),
        "sale": (claimed, INCOME),
        "damages": (claimed, OTHER_INCOME),
        "damages_ours": (OTHER_EXPENSE, owed),
    }[fact.kind]
    named = {owed, claimed}
    lines = [
        Posting(debit, fact.fen, fact.party if debit in named else ""),
        Posting(credit, -fact.fen, fact.party if credit in named else ""),
        Posting(OTHER_EXPENSE, fact.penalty_fen),
        Posting(BANK, -fact.penalty_fen),
        Posting(EXPENSE, fact.cost_fen),
        Posting(STOCK, -fact.cost_fen),
    ]
    return entry(fact.reference, fact.day, TEXTS[fact.kind], *lines)
