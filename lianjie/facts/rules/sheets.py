"""The workbook of a year: its sheets, in the order an accountant fills them in.

Words in two scripts and English are data here, because a sheet must be read whatever language it was
written in; the help texts are catalogue texts.
"""

from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.sheets_agreed import AGREEMENTS, CONTRIBUTIONS, LAND, MEMBERS
from lianjie.facts.rules.sheets_season import ANNOUNCED, BALANCES, DELIVERIES, FIGURES, TALLIES
from lianjie.facts.rules.sheets_who import AREAS, LINKS_SHEET, ORGANISATION, PARTIES, PEOPLE, POSTS

SHEETS = (
    ORGANISATION,
    AREAS,
    PARTIES,
    PEOPLE,
    POSTS,
    LINKS_SHEET,
    MEMBERS,
    AGREEMENTS,
    CONTRIBUTIONS,
    LAND,
    DELIVERIES,
    TALLIES,
    FIGURES,
    BALANCES,
    ANNOUNCED,
)
BY_CODE = {sheet.code: sheet for sheet in SHEETS}

HELP_SHEET = C("填表说明", "Help", "填表說明")
EXAMPLE_SHEET = C("填写示例", "Examples", "填寫示例")
REASONS = C("原因", "Reasons")
IGNORED_SHEETS = (HELP_SHEET, EXAMPLE_SHEET, C("清单", "Lists", "清單"), REASONS)
