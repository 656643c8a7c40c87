"""Area codes are twelve digits; shorter official codes are padded."""

import pytest

from lianjie.base.area import NotAnAreaCode, area_code, level_of


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("53", "530000000000", "province"),
        ("5303", "530300000000", "prefecture"),
        ("530325", "530325000000", "county"),
        ("530325101", "530325101000", "township"),
        (" 530325101201 ", "530325101201", "village"),
    ],
)
def test_official_codes_of_every_level(text, code, level):
    assert area_code(text) == code
    assert level_of(code) == level


@pytest.mark.parametrize("text", ["", "5", "530", "53032", "5303251", "00", "53O325", "5303251012011"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(NotAnAreaCode, match="12 digits"):
        area_code(text)
