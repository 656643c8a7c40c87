"""What it adds up to, and what someone must see to.

rules/disclosure.py  what is posted for all, with names masked
queries.py           who leads what, who is linked to what
"""
