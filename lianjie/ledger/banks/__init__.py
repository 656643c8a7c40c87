"""How a bank wants a batch and how it answers. Layouts are data; three kinds write and read them.

layouts/*.toml  one bank's file each: kind, encoding, columns, limits, words of the answer
layout.py       the description, read and checked
tabular.py      delimited text and Excel, out and back
iso20022.py     pain.001.001.09 out, pain.002 back
"""

from lianjie.ledger.banks.layout import Layout, layout, layouts
from lianjie.ledger.rules.payment_file import BatchFile, Told

__all__ = ["BatchFile", "Layout", "Told", "layout", "layouts", "read_return", "write"]


def write(of: Layout, batch: BatchFile) -> bytes:
    """The batch as the bank wants it. Refuses with TooManyLines or FieldNotForBank."""
    from lianjie.ledger.banks import iso20022, tabular

    of.check(batch)
    return iso20022.write(batch) if of.kind == "pain001" else tabular.write(of, batch)


def read_return(of: Layout, data: bytes) -> list[Told]:
    """A bank's answer, row by row. Refuses with ReturnUnreadable or ReturnStatusUnknown."""
    from lianjie.ledger.banks import iso20022, tabular

    return iso20022.read(data) if of.kind == "pain001" else tabular.read(of, data)
