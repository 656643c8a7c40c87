"""What is owed, in fen and in kind, and to whom.

rules/           pure: the plan's language, settlement, explanation, checks, booking, the year's forms
parameters/      figures from law and bylaws: dated, sourced (TOML); the chart of accounts and the forms
standard_plans/  four lawful plans to begin from
models.py        append-only journal, plans, settlements, allotments
bulk.py          many rows into the database inside one transaction
allot_table.py   many sums shared at once, in columns
actions/         post facts and rents; try, disclose, decide, book, pay, reverse a settlement
queries/         balances, settlements, statements, income, forms
documents/       statements, notice, workbooks, journal text, plots: pure in, files out
"""
