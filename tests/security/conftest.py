"""The herb co-op of the pages' tests, with real people: nothing is eased as it is for a demonstration."""

from collections.abc import Callable

import pytest
from django.test import Client

from lianjie.facts.models import Party
from tests.pages.world import World, build

PASSWORD = "peony-root-2025"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def world(db) -> World:
    made = build(households=4)
    Party.objects.update(invented=False)
    return made


@pytest.fixture
def reads(world: World) -> Callable[..., Client]:
    """A client signed in as one of the cast, reading English."""

    def as_(name: str, **options) -> Client:
        client = Client(headers={"accept-language": "en"}, **options)
        client.force_login(world.users[name], backend=BACKEND)
        return client

    return as_
