"""A demonstration world: four co-ops of an invented county, small copies of what is reported from real ones.

people.py      invented villages, households and people
books.py       what the four books have in common: trial balances, agreements, words
herb.py        four villages, funds turned into shares, a guaranteed rate
apple.py       patronage by weight
collective.py  a village collective that splits four, four, two
land.py        land put in, a guaranteed amount per mu and a second dividend
world.py       enters the books, settles 2024, leaves 2025 for the reader

Nobody here exists. Every party is marked as invented, and pages and papers say so.
"""

from lianjie.project.demo.world import build, check_pages

__all__ = ["build", "check_pages"]
