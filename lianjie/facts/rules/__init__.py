"""What a year's facts must look like; pure.

schema.py         how a workbook is described
columns.py, choices.py, sheets*.py   the sheets, columns and fixed answers themselves
raw.py            a workbook as read: cells not yet understood; where a refusal points
cells.py          one cell -> a value
identity.py       identity numbers and credit codes: check digits, masks
book.py           the year, understood: a frozen row per fact
known.py          what the registry knows already
checking.py       a raw book and what is known -> a book, or every problem in it
references.py     codes that must stand elsewhere
lawful.py         what the law and plain sense refuse or flag
handed.py         what the ledger is handed, in the same transaction
"""
