"""Words everyone shares.

words.py     marks a text for translation
refusal.py   "we will not, because ..., do ... instead"; and findings
fen.py       money as whole fen
quantity.py  goods, land and counts as whole numbers of a small unit
circles.py   no looking for circles among millions of plain values
period.py    half-open periods
acting.py    who acts, and from where
area.py      administrative areas by official code
"""
