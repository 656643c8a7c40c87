"""What happened: entered once, corrected by a new fact.

rules/         pure: what a row must look like, standings on a day, measures for a settlement
sealing.py     identity numbers: encrypted, found by a keyed index
append_only.py database triggers that keep booked rows as they are
models/        tables: registry (who), agreements (what was agreed), season (what came of it),
               in_kind (stock by lot, loans in kind, inputs)
actions/       the only writes
queries/       the only reads offered to other rooms
"""
