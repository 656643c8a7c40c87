"""What the tests stand on.

settings.py   the product's settings over a folder of this process's own
databases.py  SQLite and PostgreSQL, made when first asked for, one current at a time
postgres.py   a PostgreSQL cluster started for the tests
browser.py    Chromium, signing in, pictures of failures
fill.py       any table's row
programs.py   hledger, pdftotext: skipped where missing, failed in CI
rows.py       tests per mission row
"""
