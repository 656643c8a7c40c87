"""What docs/guides/api.md tells people to type is typed, and answers what it says."""

import json
import os
import re
import shutil
import subprocess

import pytest
from django.utils import timezone

from lianjie.facts.actions import api_tokens
from lianjie.facts.actions.api_tokens import TokenAsked
from lianjie.project.settings import ROOT
from tests.pages.world import build
from tests.support.programs import missing

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = (ROOT / "docs/guides/api.md").read_text()
EXAMPLES = re.findall(r"```sh\n(.+?)```(?:\n\n```json\n(.+?)```)?", TEXT, re.S)


def test_the_examples_of_the_guide_do_what_it_says(live_server):
    if shutil.which("curl") is None:
        missing("curl is not installed")
    world = build(households=3)
    asked = TokenAsked("guide", 7, False)
    token = api_tokens.make(world.users["chen"].pk, asked, now=timezone.now())
    there = os.environ | {"LIANJIE": live_server.url, "TOKEN": token, "no_proxy": "*"}
    assert len(EXAMPLES) == 5
    for command, answer in EXAMPLES:
        done = subprocess.run(["sh", "-ec", command], env=there, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(done.stdout)
        assert not answer or found == json.loads(answer), done.stdout
