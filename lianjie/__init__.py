"""Lianjie: the benefit linkage of farmer cooperatives.

Read the rooms in this order; each imports only from those before it.

    base       words everyone shares: fen, quantities, periods, areas, refusals
    facts      what happened: entered once, corrected by a new fact
    ledger     what is owed, in fen and in kind, and to whom
    oversight  what it adds up to, and what someone must see to
    pages      what people see and press
    project    settings, URLs, start-up checks, command line
"""

__version__ = "0.1.0"
