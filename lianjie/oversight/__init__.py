"""What it adds up to, and what someone must see to.

Still empty: listings, campaigns, cases and indicators over dated extracts come with their issue. Until then
the figures of an area are asked from facts (who leads, who is linked, collective income, workshops) and shown
by `pages/entrance.py`, `assets_income.py`, `workshop.py` and `household_unlinked.py`.
"""
