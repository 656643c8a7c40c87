"""The workbook as a file: read whole, written from the one description in `facts/rules/sheets.py`.

package.py   the file itself: what is refused before anything is parsed
reader.py    file -> RawBook
writer.py    template and export
reference.py the page of the documentation
annotate.py  the user's own file back, with reasons beside the rows
"""

from lianjie.facts.workbook.annotate import annotated
from lianjie.facts.workbook.reader import read
from lianjie.facts.workbook.writer import export, template

__all__ = ["annotated", "export", "read", "template"]
