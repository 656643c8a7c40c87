"""Identity numbers at rest."""

import pytest

from lianjie.facts import sealing
from lianjie.facts.sealing import SealBroken, SealedWithAnotherKey

NUMBER = "360426199101010071"
HERE = sealing.person_row(17)


def test_a_sealed_number_opens_at_its_own_row_only():
    sealed = sealing.seal(NUMBER, HERE)
    assert len(sealed) == 64
    assert sealing.opened(sealed, HERE) == NUMBER
    with pytest.raises(SealBroken):
        sealing.opened(sealed, sealing.person_row(18))


def test_a_changed_byte_anywhere_is_noticed():
    sealed = sealing.seal(NUMBER, HERE)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises((SealBroken, SealedWithAnotherKey)):
            sealing.opened(bytes(changed), HERE)


def test_the_same_number_is_sealed_differently_each_time_but_indexed_the_same():
    assert sealing.seal(NUMBER, HERE) != sealing.seal(NUMBER, HERE)
    assert sealing.index(NUMBER) == sealing.index("360426 19910101 0071")
    assert sealing.index("11010519491231002x") == sealing.index("11010519491231002X")


def test_another_key_opens_nothing_and_indexes_differently(settings):
    sealed, index = sealing.seal(NUMBER, HERE), sealing.index(NUMBER)
    settings.FIELD_KEY = "another key"
    with pytest.raises((SealedWithAnotherKey, SealBroken)):
        sealing.opened(sealed, HERE)
    assert sealing.index(NUMBER) != index
