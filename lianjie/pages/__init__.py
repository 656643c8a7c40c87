"""What people see and press.

access.py         who may open what
acting.py, audit.py   who acts and from where; what was done
format.py         template filters: money, land, weight, dates
words*.py         coded words, as catalogue texts
columns.py        columns of a list: one description for page, CSV and workbook
export.py         lists as files
entrance.py       home, areas
organisation.py   an organisation's home
members.py        members, and one household's account
registers.py      households, land, contributions, agreements, deliveries, posts
fact_form.py      a form for one row of the workbook, checked by the same rules
facts.py          enter, look at, correct, take back one fact
glut*.py           clearing a glut: declarations, plan, offers, sales, figures
pairing*.py        partners, pledges against what arrived, projects, claims on orders
in_kind*.py, stock.py   loans in kind, stock by lot and the way of a sack, inputs
workbook.py       the year's workbook in and out
register_files.py   every register of the field year in and out
fact_history.py   one page for any fact: versions, what changed, what it booked; fact_words.py says it in
                  words and in a line, field_words.py names fields
organisations.py  register an organisation
roles.py          who may do what
objection_code.py, objections_area.py   a household's lines by its code; objections that wait in an area
assembly.py, branch_led.py   meetings, who came, resolutions, papers; co-ops chaired by a secretary
plans*.py, settlement*.py, statement.py, disclosure.py   the plan, and a settlement from draft to close
templatetags/     tags of the frame: navigation, addresses, style sheets
urls/             addresses by subject
templates/, static/   parts/ are the components; one style sheet a component, no build
"""
