"""Everything a settlement gives out as a file. No database: what a file says is handed in as `Papers`.

papers.py        what all files of one settlement are written from: plan, inputs, outcome, who issues them
figures.py       how amounts, weights and quantities are written
capitals.py      amounts in Chinese capitals, as cheques and receipts want them
fonts.py         the printing font, and which characters it lacks
typesetting.py   typst: templates and data in, PDF or picture out
statement.py     one household's statement; all of them bound
notice.py        the masked disclosure notice, for the wall and for the phone
allotment_workbook.py, workbook_sheets.py   the allotment workbook
hledger.py, beancount.py                    the journal for two outside accounting tools
settlement_json.py                          the whole settlement for machines
plots.py         who gains and who loses between two outcomes
folder.py        all files of one settlement, written at once
"""
