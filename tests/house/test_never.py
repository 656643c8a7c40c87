"""Two rules of this field are law: no official is checked in, ranked or tracked, and no picture or place is
forced on anybody. Held against every table, column, address, form and page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from lianjie.pages.urls import SUBJECTS

PACKAGE = Path(__file__).resolve().parents[2] / "lianjie"
WATCHING = re.compile(
    r"check[-_]?ins?(?![a-z])|clock[-_]?(in|out)(?![a-z])|punch[-_]?card|sign[-_]?in[-_]?(location|place)|geo[-_]?fenc"
    r"|(cadre|official|officer|user|staff|person)[-_]?(rank|score|track|position|location)"
    r"|leaderboard|league[-_]?table|whereabouts|track[-_]?(cadre|official|officer|user|staff|person)"
    r"|打卡|签到(?![册表])|(?:干部|人员|走访|行动)轨迹|(?<!不)(?:排名|排行)|(?:人员|干部|实时)定位",
    re.I,
)
"""Words of checking in, ranking or tracking people, as code, addresses or Chinese texts would say them."""
PLACE = re.compile(r"^(lat|lng|lon|latitude|longitude|gps.*|geo.*|.*_location|location|coordinates?)$", re.I)
PICTURE = re.compile(r"photo|picture|image|selfie|camera", re.I)


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("lianjie.")]


def addresses(resolver: URLResolver | None = None) -> Iterator[str]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from addresses(each)
        elif isinstance(each, URLPattern):
            yield f"{each.name} {each.pattern}"


def own_forms() -> list[type[forms.Form]]:
    from importlib import import_module

    for subject in SUBJECTS:
        import_module(f"lianjie.pages.urls.{subject}")

    def below(kind: type) -> Iterator[type]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    return [each for each in below(forms.Form) if each.__module__.startswith("lianjie.")]


def test_no_table_column_or_address_checks_in_ranks_or_tracks():
    names = [model.__name__ for model in own_models()]
    names += [
        f"{model.__name__}.{field.name}" for model in own_models() for field in model._meta.get_fields()
    ]
    assert len(names) > 500
    found = list(addresses())
    assert len(found) > 150
    told = [name for name in (*names, *found) if WATCHING.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name))]
    assert told == []


@pytest.mark.parametrize("ending", [".html", ".tsv", ".js"])
def test_no_page_or_text_speaks_of_it(ending):
    files = [path for path in PACKAGE.rglob(f"*{ending}") if "static/vendor" not in path.as_posix()]
    assert files
    told = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if WATCHING.search(line)
    ]
    assert told == []


def test_no_column_holds_where_a_person_was():
    told = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if PLACE.match(field.name) and not (field.null or field.blank)
    ]
    assert told == []


def test_no_picture_or_place_is_asked_of_anybody_before_something_may_be_entered():
    told = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if PICTURE.search(field.name) and not (field.null or field.blank)
    ]
    checked = 0
    for form in own_forms():
        for name, field in form.base_fields.items():
            checked += 1
            if field.required and (
                isinstance(field, forms.ImageField) or PICTURE.search(name) or PLACE.match(name)
            ):
                told.append(f"{form.__name__}.{name}")
    assert checked > 200
    assert told == []


def test_no_page_asks_the_phone_where_it_is_or_forces_its_camera():
    told = []
    for path in [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.js")]:
        text = path.read_text("utf-8")
        told += [f"{path.name}: {word}" for word in ("geolocation", "getUserMedia") if word in text]
        for tag in re.findall(r"<input[^>]*type=[\"']?file[^>]*>", text):
            if re.search(r"accept=[\"']?image", tag) and re.search(r"\brequired\b", tag):
                told.append(f"{path.name}: {tag}")
    assert told == []
    headers = (PACKAGE / "pages" / "headers.py").read_text("utf-8") + (
        PACKAGE / "project" / "settings.py"
    ).read_text("utf-8")
    assert "geolocation=()" in headers, "the browser is told that no page here may ask"


@pytest.mark.parametrize(
    "text",
    ["check-in/", "CadreCheckIn", "clock_in", "official_rank", "OfficerScore", "user_location", "leaderboard",
     "驻村签到", "干部排名", "人员定位", "track-officer"],
)  # fmt: skip
def test_the_words_are_found_when_somebody_writes_them(text):
    assert WATCHING.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text))
