"""Every address declares the right it takes; one that forgets answers nobody, and here is how to mend it."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from lianjie.pages import access


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address of the site."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def test_every_address_declares_its_right():
    names = [each.name or str(each.pattern) for each in patterns()]
    missing = [access.undeclared(name) for name in names if name not in access.needs()]
    assert not missing, "\n".join(missing)


def test_no_declaration_is_left_without_its_address():
    names = {each.name for each in patterns()}
    assert set(access.needs()) <= names, "take the names out of NEEDS in lianjie/pages/urls/"


def test_every_declared_right_is_one_that_a_role_has():
    held = frozenset().union(*access.RIGHTS.values()) | {access.PUBLIC, access.SIGNED_IN, access.OWN}
    for name, pair in access.needs().items():
        for right in pair:
            assert right.rpartition(":")[2] in held, f"{name}: no role has the right “{right}”"


def test_only_the_addresses_before_signing_in_take_no_sign_in():
    """What LoginRequiredMiddleware lets through is what is declared public, and nothing else."""
    open_ = {each.name for each in patterns() if not getattr(each.callback, "login_required", True)}
    public = {name for name, (read, _) in access.needs().items() if read == access.PUBLIC}
    assert open_ == public, "mark the view with login_not_required, or declare another right"


def test_every_role_of_an_assignment_has_its_rights():
    from lianjie.facts.models import Assignment
    from lianjie.project.cli import ROLES

    assert {role for role, _ in Assignment.ROLES} == set(access.RIGHTS) == set(ROLES)


def test_an_address_that_forgets_is_said_at_start_up(monkeypatch):
    from lianjie.project.checks import rights

    assert rights() == []
    monkeypatch.setattr(access, "needs", dict)
    said = {message.msg for message in rights()}
    assert access.undeclared("home") in said
