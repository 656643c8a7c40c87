"""The only writes of the ledger: one business verb, one transaction, one call from a page.

journal.py       entries: book once, reverse
posting.py       what facts hand over, and trial balances brought in
rents.py         rents as they fall due
closing.py       close months, open them again
plans.py         adopt a version of a plan
settlement.py    draft, try, accept a finding, disclose, object, answer, decide, withdraw
carrying_out.py  book, pay, close, reverse a decided settlement
"""
