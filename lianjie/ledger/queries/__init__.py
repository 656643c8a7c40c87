"""The only reads of the ledger: frozen dataclasses, never model objects.

balances.py    trial balance, figures of a year
given.py       the frozen inputs of a settlement, from facts and books
settlements.py states, outcomes, comparisons, explanations
statements.py  one party's account
"""
