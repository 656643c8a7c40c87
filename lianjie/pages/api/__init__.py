"""The door of programs: the pages' own addresses with /api before them, in JSON.

door.py      who asks: a token or the browser's session; every "no" as JSON
said.py      what a "no" says, and what the other files share: names masked, pages of a list
members.py   members and their accounts
household.py one household over all its organisations
deliveries.py   crop handed in: read, and entered by the same verb as on the page
books.py     the journal and the trial balance
settlements.py  settlements, their lines and the reasons
payouts.py   batches of payments and their lines
described.py  the document as rows of a page
document.py  all of them together, the OpenAPI document, and the page that shows it

Nothing is decided here. Each operation takes the right of the page it stands for (NEEDS in `urls/api.py`),
asks the queries that page asks, and calls the verb it calls. Money is whole fen, goods whole small units
(grams, pieces), days are YYYY-MM-DD.
"""
