"""What journeys begin from."""

import pytest

from tests.support import demo as copies


@pytest.fixture
def demo(live_server) -> None:
    """The demonstration, on the live site."""
    copies.build()
