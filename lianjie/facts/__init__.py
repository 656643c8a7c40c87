"""What happened: entered once, corrected by a new fact.

rules/         pure: what a row must look like, standings on a day, measures for a settlement
sealing.py     identity numbers: encrypted, found by a keyed index
append_only.py database triggers that keep booked rows as they are
models/        tables: registry (who), agreements, rent, offtake (what was agreed), growing, work,
               in_kind (what was done and lent), season (what came of it)
parameters/    criteria and wage rules: dated, sourced (TOML)
workbook/      the year's facts as an Excel file: template, whole-file check, annotated copy, export
registers/     each register of the field year as a file, by one description: sheet, what stands, verb
actions/       the only writes
queries/       the only reads offered to other rooms
"""
