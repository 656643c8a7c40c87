"""Every operation, asked what its document allows and forbids, as several people, on the demonstration.

No answer is a fault of ours, none has another shape than the document says, and none is undocumented.
"""

import logging
from collections.abc import Iterator

import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lianjie.facts.actions import api_tokens
from lianjie.facts.actions.api_tokens import TokenAsked
from lianjie.pages.api import document
from tests.support import demo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HERE = {"code": "HERB", "party": "SH02", "year": 2024, "turn": 1, "number": 1}
"""Arguments for which the demonstration has a record: else hardly any answer would be a 200."""
EXAMPLES = 10


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def schema() -> schemathesis.BaseSchema:
    made = schemathesis.openapi.from_dict(document.document())
    made.app = get_wsgi_application()
    return made


def fuzz(operation: schemathesis.APIOperation, headers: dict[str, str], answered: set[str]) -> None:
    """Ask one operation; its label is added to `answered` once it has answered with a record."""

    @given(case=operation.as_strategy(), real=st.sampled_from([True, True, False]))
    @settings(max_examples=EXAMPLES)
    def ask(case, real):
        if real:
            case.path_parameters = {name: HERE[name] for name in case.path_parameters or {}}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        # Tokens are guessed here too, until the place is locked.
        assert headers or response.status_code in (401, 429) or not real
        if response.status_code == 200:
            answered.add(operation.label)

    ask()


@pytest.mark.parametrize("name", ["kuaiji", "shehu", "xiangzhen", "guanli", ""])
def test_every_operation_answers_what_its_document_says(transactional_db, name):
    """As the accountant, a member, the township, the administrator of accounts, and nobody."""
    demo.build()
    headers = {}
    if name:
        user = get_user_model().objects.get(username=name)
        text = api_tokens.make(user.pk, TokenAsked("fuzz", 7, False), now=timezone.now())
        headers["Authorization"] = f"Bearer {text}"
    answered: set[str] = set()
    for result in schema().get_all_operations():
        fuzz(result.ok(), headers, answered)
    if name == "kuaiji":
        reading = {f"GET {path}" for path, of in document.document()["paths"].items() if "get" in of}
        assert answered >= reading, f"never answered with a record: {reading - answered}"
