"""Programs of the system that a test needs: a printed skip where they are missing, a failure in CI."""

import os
import shutil

import pytest


def missing(reason: str) -> None:
    """Skip with the reason; fail with it where everything must be there (LIANJIE_CI=1)."""
    if os.environ.get("LIANJIE_CI") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(name: str, package: str = "") -> str:
    """The path of a program, such as hledger."""
    path = shutil.which(name)
    if path is None:
        missing(f"{name} is not installed; as an administrator: apt-get install {package or name}")
    assert path
    return path
