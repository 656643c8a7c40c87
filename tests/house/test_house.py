"""What holds of the whole repository: each rule names its fix."""

import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

import lianjie
from lianjie.base.refusal import Refusal
from lianjie.locale import build, messages

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {
    "example.com", "example.org", "127.0.0.1", "localhost", "www.w3.org", "schemas.openxmlformats.org",
    "vega.github.io", "schemas.microsoft.com",
}  # fmt: skip
LOCKS = ("requirements/run.txt", "requirements/test.txt")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def packages(name: str) -> set[str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return {re.split(r"[<>=;]", line)[0].strip() for line in lines if line and line[0] not in "#-"}


def test_every_dependency_has_its_reason():
    listed = (ROOT / "docs/why/dependencies.md").read_text()
    named = set(re.findall(r"^\| (\S+) \|", listed, re.M)) - {"package"}
    assert named == packages("run.in") | packages("test.in"), "mend docs/why/dependencies.md"


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host_and_hash_every_package(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text, "lock with bin/lock"
    pinned = re.findall(r"^([a-z0-9][^\s=]*)==", text, re.M)
    assert pinned
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]:
        assert "--hash=sha256:" in block, f"no hash: {block[:40]}"
    wanted = {name.split("[")[0] for name in packages(Path(lock).with_suffix(".in").name)}
    assert wanted <= {name.split("[")[0] for name in pinned}, "a lock file is older than its .in file"


def test_the_test_lock_holds_the_run_lock():
    """What is tested is what runs: the same versions."""
    run, test = (
        dict(re.findall(r"^([a-z0-9][^\s=]*)==(\S+)", (ROOT / lock).read_text(), re.M)) for lock in LOCKS
    )
    assert run.items() <= test.items()


def test_no_file_names_this_machine():
    machine = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|opt/\w+)/[\w.]")
    found = [f"{name}: {match.group()}" for name, text in texts() for match in machine.finditer(text)]
    assert not found, "write a path relative to the project"


def test_no_file_names_an_index_or_a_host_that_is_asked_for():
    """Pages ask nobody but their own server, and no file knows where packages come from."""
    host = re.compile(r"https?://([^\s/\"'<>)`{}:|\\]+)")
    found = [
        f"{name}: {match.group()}"
        for name, text in texts()
        if name != "LICENSE" and not name.startswith(("docs/", "cases/"))
        for match in host.finditer(text)
        if "." in match.group(1) and match.group(1) not in PUBLIC
    ]
    assert not found


def modules() -> list[str]:
    return [
        module.name
        for module in pkgutil.walk_packages(lianjie.__path__, "lianjie.")
        if ".migrations" not in module.name and not module.name.endswith("__main__")
    ]


def every_refusal() -> set[type[Refusal]]:
    for name in modules():
        importlib.import_module(name)
    found, open_ = set(), [Refusal]
    while open_:
        kind = open_.pop()
        found.add(kind)
        open_ += kind.__subclasses__()
    return {kind for kind in found if kind.__module__.startswith("lianjie.")}


def test_every_refusal_says_what_and_what_to_do():
    used = messages.used()
    for kind in every_refusal():
        for part in (kind.what, kind.fix):
            assert part.strip(), f"{kind.__qualname__}: write what and fix"
            assert part in used, f"{kind.__module__}.{kind.__qualname__}: mark its texts with N_()"


def test_refusal_names_are_codes_and_so_unique():
    names = [kind.__name__ for kind in every_refusal()]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, "tests, logs and the gallery know a refusal by its class name"


def test_every_text_has_its_words():
    """Run bin/words --check for the list."""
    found = build.problems()
    assert not found, "\n".join(found[:30])


def test_files_stay_short():
    long = [
        f"{name}: {text.count(chr(10))} lines"
        for name, text in texts()
        if name.endswith((".py", ".css", ".js", ".html"))
        and "/migrations/" not in name
        and text.count("\n") > 500
    ]
    assert not long, "split the file where its second subject has a name"
