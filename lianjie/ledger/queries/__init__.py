"""The only reads of the ledger: frozen dataclasses, never model objects.

balances.py     trial balance, figures of a year
closings.py     months closed, what waits before the next, whether the acts stand as written
given.py        the inputs of a settlement, from facts and books
settlements.py  states, results, what if, comparisons
statements.py   a settlement's history, objections, votes, payments
accounts.py     one member's account
income.py       one household's year by stream, over its organisations
rents.py        the schedule of rents and what of it is booked
journal.py      entries as people read them
forms.py        the three statements of the accounting system
"""
