"""The herb co-op, and a client for each of its cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.pages.world import World, build


@pytest.fixture
def world(db) -> World:
    """The co-op of the pages' tests."""
    return build(households=16)


@pytest.fixture
def reads(world: World) -> Callable[[str], Client]:
    """A client signed in as one of the cast, reading English."""

    def as_(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_
