"""Accounts: the first one, made once with the code of the console; the others, made by administrators."""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from lianjie.base.area import area_code
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import registry
from lianjie.facts.actions.audit import note
from lianjie.facts.actions.people import assign
from lianjie.facts.queries.accounts import any_user
from lianjie.facts.rules.book import AreaRow


class SetUpAlready(Refusal):
    what = N_("Lianjie is set up: there are accounts.")
    fix = N_("Sign in, or ask an administrator for an account.")


class SetUpCodeWrong(Refusal):
    what = N_("The code of the console is not right.")
    fix = N_("Copy it from where Lianjie was started, or run lianjie setup-code there.")


class UserNameTaken(Refusal):
    what = N_("Somebody signs in as “{name}” already.")
    fix = N_("Choose another user name.")


class PasswordTooEasy(Refusal):
    what = N_("The password is too easy to guess: {reasons}")
    fix = N_("Take twelve characters or more: a few words that do not belong together.")


LEAST = 12
"""Characters of the first administrator's password."""


def setup_code() -> str | None:
    """The code for the first account, made when first asked for; None once there is an account."""
    if any_user():
        return None
    path = _code_file()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.token_hex(2) for _ in range(5)))
    return path.read_text().strip()


@transaction.atomic
def set_up(code: str, *, username: str, full_name: str, password: str, area: str, area_name: str) -> int:
    """Make the first administrator, of an area and all below it; returns the user's id. Never again.

    Refuses with SetUpAlready, SetUpCodeWrong, PasswordTooEasy or NotAnAreaCode.
    """
    expected = setup_code()
    if expected is None:
        raise SetUpAlready
    if not secrets.compare_digest("".join(code.split()).lower().encode(), expected.encode()):
        raise SetUpCodeWrong
    full = area_code(area)
    users = get_user_model()
    user = users(username=username, last_name=full_name)
    _check_password(password, user)
    # Whoever takes the file away goes on; of two at once the other finds it gone.
    try:
        _code_file().unlink()
    except FileNotFoundError:
        raise SetUpAlready from None
    user.set_password(password)
    user.save()
    registry.add_areas([AreaRow(full, area_name)])
    note("account:make", subject=f"user:{username}", by=user.pk)
    assign(user.pk, "administrator", area=full, start_day=timezone.localdate())
    return user.pk


@transaction.atomic
def make(username: str, full_name: str) -> int:
    """Make an account that opens by a link first. Refuses with UserNameTaken."""
    users = get_user_model()
    if users.objects.filter(username__iexact=username).exists():
        raise UserNameTaken(name=username)
    user = users(username=username, last_name=full_name)
    user.set_unusable_password()
    user.save()
    note("account:make", subject=f"user:{username}", after={"name": full_name})
    return user.pk


@transaction.atomic
def close(user_id: int, *, active: bool) -> None:
    """Close an account, or open it again. What it did stays."""
    user = get_user_model().objects.select_for_update().get(pk=user_id)
    if user.is_active != active:
        note(
            "account:change",
            subject=f"user:{user.get_username()}",
            before={"active": user.is_active},
            after={"active": active},
        )
        user.is_active = active
        user.save(update_fields=["is_active"])


def _check_password(password: str, user) -> None:
    reasons = []
    if len(password) < LEAST:
        reasons.append(f"{len(password)} < {LEAST}")
    try:
        validate_password(password, user)
    except ValidationError as weak:
        reasons += weak.messages
    if reasons:
        raise PasswordTooEasy(reasons=" ".join(reasons))


def _code_file() -> Path:
    return Path(settings.DATA) / "setup.code"
