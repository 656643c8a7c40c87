"""How fast pages answer over a county's year, as ratios to an empty view of the same server.

    bin/bench pages [--households N] [--lines N] [--rounds N]
    bin/bench pages --households 100000 --lines 5000000      a county's year

One county: households in a hundred villages, members of one co-op that keeps every ledger line of the year;
its facts (memberships, capital, land, people, deliveries) beside them. The product serves it as
`lianjie serve` does; one signed-in accountant asks page after page, always another household, in turn with
the empty view: the co-op's frame with its navigation, asked for with the same rights, and nothing in it.
Both databases are filled at once and asked one after the other.
Closes with a line of JSON:

p95_ratio   the worst page's 95th percentile against that of the empty view, on the worse database
p95_ms      the worst page's 95th percentile in milliseconds
database    by database (sqlite, postgresql): empty_ms, the empty view's 95th percentile; pages, by page
            [p95 in ms, ratio]; fill_s, how long filling took; lines in the ledger
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
HOUSEHOLDS, LINES, ROUNDS, WARM = 2_000, 100_000, 40, 3


def main(arguments: list[str]) -> None:
    asked = argparse.ArgumentParser(prog="bin/bench pages")
    asked.add_argument("--households", type=int, default=HOUSEHOLDS)
    asked.add_argument("--lines", type=int, default=LINES, help="of the ledger")
    asked.add_argument("--rounds", type=int, default=ROUNDS, help="how often each page is asked for")
    given = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lianjie-bench-") as place, cluster() as address:
        at = {"sqlite": f"{place}/county.sqlite3", "postgresql": address}
        with ThreadPoolExecutor(len(at)) as both:
            filling = {name: both.submit(filled, place, to, given) for name, to in at.items()}
        found = {name: measured(place, to, given, filling[name].result()) for name, to in at.items()}
    print(json.dumps(figures(given.households, found)))


def figures(households: int, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the bench closes with; `found` by database, as `measured` returns it."""
    pages = [page for each in found.values() for page in each["pages"].values()]
    return {
        "p95_ratio": max(ratio for _, ratio in pages),
        "p95_ms": max(ms for ms, _ in pages),
        "households": households,
        "database": found,
    }


@contextmanager
def cluster() -> Iterator[str]:
    from tests.support.postgres import Cluster

    server = Cluster()
    try:
        server.execute("CREATE DATABASE county")
        yield server.address("county")
    finally:
        server.stop()


def filled(place: str, address: str, given: argparse.Namespace) -> dict[str, Any]:
    """Make the county in a database; returns its pages, a reader's cookie, lines made and seconds taken."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--fill", str(given.households), str(given.lines)]
    done = subprocess.run(
        command, env=environment(place, address), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1]) | {"seconds": time.perf_counter() - start}


def measured(place: str, address: str, given: argparse.Namespace, made: dict[str, Any]) -> dict[str, Any]:
    """Serve a database that is filled, and ask; returns the figures of one engine."""
    engine = address.partition(":")[0] if "://" in address else "sqlite"
    say(f"{engine}: {made['lines']:,} lines of {given.households:,} households")
    with served(environment(place, address)) as port:
        times = asked(port, made["cookie"], made["pages"], given.rounds)
    empty = p95(times.pop("empty"))
    pages = {name: [round(p95(each) * 1000, 2), round(p95(each) / empty, 2)] for name, each in times.items()}
    for name, (ms, ratio) in sorted(pages.items(), key=lambda page: page[1][1]):
        say(f"  {name:<28}{ms:>9.1f} ms{ratio:>8.2f}")
    return {
        "empty_ms": round(empty * 1000, 2),
        "pages": pages,
        "fill_s": round(made["seconds"]),
        "lines": made["lines"],
    }


def environment(place: str, address: str) -> dict[str, str]:
    """What the product reads of its surroundings."""
    found = os.environ | {
        "LIANJIE_DATA": place,
        "LIANJIE_DATABASE": address,
        "DJANGO_SETTINGS_MODULE": "lianjie.project.settings",
        "PYTHONPATH": str(ROOT),
    }
    found.pop("LIANJIE_DEBUG", None)
    return found


@contextmanager
def served(surroundings: dict[str, str]) -> Iterator[int]:
    """The product's own server on a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "lianjie", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=sys.stderr)
    try:
        for _ in range(600):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None:
                raise RuntimeError("the server ended before it answered")
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def asked(port: int, cookie: str, pages: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each answer by page; the pages take turns, so that a busy moment falls on all of them."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    times: dict[str, list[float]] = {name: [] for name in pages}
    for nth in range(WARM + rounds):
        for name, addresses in pages.items():
            # Four empty answers a round: everything is divided by them.
            for _ in range(4 if name == "empty" else 1):
                start = time.perf_counter()
                line.request("GET", addresses[nth % len(addresses)], headers={"Cookie": cookie})
                response = line.getresponse()
                response.read()
                took = time.perf_counter() - start
                if response.status != 200:
                    raise RuntimeError(f"{addresses[nth % len(addresses)]} answered {response.status}")
                if nth >= WARM:
                    times[name].append(took)
    line.close()
    return times


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def timed(what: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    say(f"  {what}: {time.perf_counter() - start:.1f} s")


# Filling, in a process of its own


def fill(households: int, lines: int) -> None:
    import django

    django.setup()
    from django.apps import apps
    from django.core.management import call_command
    from django.core.management.color import no_style
    from django.db import connection

    from bench.county import County

    call_command("migrate", verbosity=0)
    county = County(households, lines)
    timed("who", county.who)
    timed("facts", county.facts)
    timed("ledger", county.ledger)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Rows were written with their numbers: new ones are counted on from there.
            for statement in connection.ops.sequence_reset_sql(no_style(), list(apps.get_models())):
                cursor.execute(statement)
            # What autovacuum does on a server that is not a test's; nobody does it on SQLite.
            cursor.execute("VACUUM ANALYZE")
            # A county's year was not written this minute: what filling left to be flushed is flushed.
            cursor.execute("CHECKPOINT")
    print(json.dumps({"cookie": county.cookie(), "pages": county.pages(), "lines": county.posted_lines()}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fill"]:
        fill(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main(sys.argv[1:])
