"""What is owed, in fen and in kind, and to whom.

rules/         pure: the plan's language, allotment, settlement, explanation, booking, statement
parameters/    figures from law and bylaws: dated, sourced (TOML); the chart of accounts
models.py      append-only journal, plans, settlements, allotments
bulk.py        many rows into the database inside one transaction
actions/       post, disclose, decide, post a settlement, pay, reverse
queries/       accounts, settlements, statements, explanations
"""
