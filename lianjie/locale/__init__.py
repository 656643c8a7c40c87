"""Catalogues of the pages' languages.

words/*.tsv    what people write: English text, TAB, Simplified Chinese; one file a part of the product
overrides.tsv  where Traditional Chinese is more than other characters: converted text, TAB, what we write
messages.py    the English texts the product really uses, read from its code and templates
build.py       both -> zh_Hans and zh_Hant catalogues; `bin/words`
"""
