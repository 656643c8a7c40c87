"""Many rows into the database inside the caller's own transaction: the same as in `facts`."""

from lianjie.facts.bulk import CHUNK, instant, load, reserve

__all__ = ["CHUNK", "instant", "load", "reserve"]
