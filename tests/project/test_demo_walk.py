"""Every link of the demonstration leads somewhere, for whoever reads the whole county."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from lianjie.project.demo.visit import walk
from tests.support import demo as copies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_every_link_the_countys_office_can_follow_answers():
    copies.build()
    office = Client(SERVER_NAME="localhost")
    office.force_login(
        get_user_model().objects.get(username="nongjing"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert walk(office, "nongjing") > 2_000
