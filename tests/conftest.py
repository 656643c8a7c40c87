"""The harness: both databases, the browser, mission rows. Read tests/support for how.

    @pytest.mark.both            runs on SQLite and on PostgreSQL, each change rolled back
    @pytest.mark.both plus @pytest.mark.django_db(transaction=True)   the same, with real commits
    @pytest.mark.django_db       SQLite only
    @pytest.mark.postgresql      PostgreSQL only, also in a file whose others run on both

Fixtures: `engine` (name of the current one), `private_database` (address of an empty migrated database for
child processes), `page` (a browser window on the live site), `sign_in(user)`.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.support import rows
from tests.support.browser import NoBrowser, launch, picture
from tests.support.browser import sign_in as sign_in_page
from tests.support.databases import ENGINES, Databases
from tests.support.postgres import NoPostgres
from tests.support.programs import missing

# Playwright's loop runs in the main thread, where Django would else refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

hypothesis_settings.register_profile(
    "lianjie",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=int(os.environ.get("LIANJIE_EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("lianjie")

NEEDS_DATABASE = {"db", "transactional_db", "live_server", "django_db_serialized_rollback"}


# Collection


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="list mission rows with their numbers of tests")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--rows"):
        config.option.collectonly = True
        config.option.verbose = -3


def pytest_unconfigure(config: pytest.Config) -> None:
    from tests.support.settings import FOLDER

    shutil.rmtree(FOLDER, ignore_errors=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    rows.rows_of(item)
    on_both = item.get_closest_marker("both") or item.get_closest_marker("postgresql")
    if on_both and not item.get_closest_marker("django_db"):
        item.add_marker(pytest.mark.django_db)
    if item.get_closest_marker("postgresql") is None and "[postgresql" in item.name:
        item.add_marker(pytest.mark.postgresql)
    if "/journeys/" in item.nodeid:
        item.add_marker(pytest.mark.browser)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Name the engines of each test that touches the database."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "postgresql" in marks:
        engines = ["postgresql"]
    elif "both" in marks:
        engines = list(ENGINES)
    elif "django_db" in marks or NEEDS_DATABASE & set(metafunc.fixturenames):
        engines = ["sqlite"]
    else:
        return
    metafunc.parametrize("engine", engines, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("--rows"):
        print("\n".join(rows.table(session.items)))
        session.items = []  # the table is all there is to print


# Databases


@pytest.fixture(scope="session")
def databases(django_test_environment: None, django_db_blocker) -> Iterator[Databases]:
    """The databases of this process, removed at its end."""
    with django_db_blocker.unblock():
        made = Databases()
        yield made
        made.close()


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases) -> None:
    """pytest-django's own set-up, replaced: `engine` makes each database when first needed."""


@pytest.fixture(scope="session", autouse=True)
def engine(request: pytest.FixtureRequest) -> str | None:
    """The engine this test runs on: "sqlite" or "postgresql"; None for a test without a database."""
    name: str | None = getattr(request, "param", None)
    if name is not None:
        try:
            request.getfixturevalue("databases").use(name)
        except NoPostgres as problem:
            missing(str(problem))
    return name


@pytest.fixture
def private_database(engine: str | None, databases: Databases) -> str:
    """The address of a new, empty, migrated database on the test's engine, for child processes."""
    assert engine, "mark the test `both`, `postgresql` or `django_db`"
    return databases.private()


# Browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if report.when == "call" and report.failed and (page := getattr(item, "funcargs", {}).get("page")):
        name = re.sub(r"\W+", "-", item.nodeid).strip("-")
        report.sections.append(("page", f"{page.url}\npicture: {picture(page, name)}"))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium, once a process."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        try:
            started = launch(playwright)
        except NoBrowser as problem:
            missing(str(problem))
        yield started
        started.close()


@pytest.fixture
def context_options() -> dict[str, object]:
    """Options of the browser window; a test module overrides this for a phone or another language."""
    return {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def page(live_server, browser, context_options) -> Iterator[object]:
    """A new window on the live site; addresses may be relative. An error in a script fails the test."""
    context = browser.new_context(base_url=live_server.url, **context_options)
    context.set_default_timeout(15_000)
    window = context.new_page()
    errors: list[str] = []
    window.on("pageerror", lambda error: errors.append(str(error)))
    yield window
    context.close()
    assert not errors, f"scripts failed: {errors}"


@pytest.fixture
def sign_in(page, live_server) -> Callable[[object], None]:
    """Sign a user in, in this test's window."""
    return lambda user: sign_in_page(page, user, live_server.url)
