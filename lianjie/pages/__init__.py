"""What people see and press.

access.py       who may open what
format.py       template filters: money, land, weight, dates
then one module a subject, with templates of the same name
"""
