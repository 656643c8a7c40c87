"""The only writes of the facts: one business verb, one transaction, one call from a page.

enter.py     the one door for facts: a whole book, or a book of one row
intake.py    a workbook at the door
wanted.py    the rows of a book as facts to keep, each under its key
store.py     keep what is new, pass over what is known, correct what differs
registry.py  areas, households, people and organisations a book brings in
withdraw.py  take a fact back
audit.py, seal.py   note acts; seal what is append-only, and see whether it still holds
people.py    users and their roles, organisations, area lists
"""
