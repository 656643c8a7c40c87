"""Many rows into the database inside the caller's own transaction: the same as in `facts`."""

from lianjie.facts.bulk import CHUNK, insert, load

__all__ = ["CHUNK", "insert", "load"]
