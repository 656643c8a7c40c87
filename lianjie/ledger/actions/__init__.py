"""The only writes of the ledger: one business verb, one transaction, one call from a page.

journal.py     book facts, reverse, bring in balances
plans.py       adopt a version of a plan
settlement.py  draft, try, disclose, object, decide, post, pay, close, reverse
"""
