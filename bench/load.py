"""Two hundred people at once: whether every request is answered, and how much longer than an empty view.

    bin/bench load [HOUSEHOLDS [SECONDS [PEOPLE]]]     100,000, 120 and 200 unless told

PostgreSQL with a county's households in one co-op, the product's own server as `lianjie serve` runs it.
Each person reads pages of households, lists and the books, and every tenth request enters goods into stock;
between two requests they look at the page for some seconds, as people do. The empty view is asked by two
more people in the same storm, so the ratio says what a page costs under load, not what the load costs.
Afterwards every write that was answered must be in the books, once. Closes with a line of JSON:

errors      answers that were not what was asked for, writes missing or twice
p95_ratio   the worst page's 95th percentile against that of the empty view in the same minutes
requests    answered in all
p95_ms, per_second, people, households, seconds, writes, pages
"""

import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from urllib.parse import urlencode

from pages import ROOT, cluster, p95, say, served

sys.path.insert(0, str(ROOT))
HOUSEHOLDS, SECONDS, PEOPLE = 100_000, 120, 200
LINES_EACH = 10
LOOKS = (4.0, 12.0)
"""Seconds somebody looks at a page before the next."""
TOKEN = "lianjieloadbenchtoken0123456789a"  # 32 letters and digits, as Django wants a cross-site token


class Storm:
    """What came back, over all people."""

    def __init__(self, port: int, pages: dict[str, list[str]], cookie: str, code: str, until: float) -> None:
        self.port, self.pages, self.cookie, self.code, self.until = port, pages, cookie, code, until
        self.times: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []
        self.written: list[str] = []
        self.lock = threading.Lock()

    def person(self, number: int, only: str = "") -> None:
        chance = random.Random(number)
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        time.sleep(chance.uniform(0, LOOKS[1]))
        turn = 0
        while time.monotonic() < self.until:
            turn += 1
            name = only or chance.choice([each for each in self.pages if each != "empty"])
            if not only and turn % 10 == 0:
                name = "enter"
            try:
                took = self.enter(line, number, turn) if name == "enter" else self.read(line, name, chance)
                with self.lock:
                    self.times[name].append(took)
            except (OSError, http.client.HTTPException, AssertionError) as problem:
                with self.lock:
                    self.errors.append(f"{name}: {problem!r}")
                line.close()
            time.sleep(chance.uniform(*LOOKS) / (8 if only else 1))
        line.close()

    def read(self, line: http.client.HTTPConnection, name: str, chance: random.Random) -> float:
        address = chance.choice(self.pages[name])
        return self.ask(line, "GET", address, "", (200,))

    def enter(self, line: http.client.HTTPConnection, number: int, turn: int) -> float:
        lot = f"N{number}-{turn}"
        given = {
            "lot": lot, "day": "2025-06-01", "good": "马铃薯种", "unit": "kg", "quantity": "12.5",
            "origin": "bought", "csrfmiddlewaretoken": TOKEN,
        }  # fmt: skip
        took = self.ask(line, "POST", f"/o/{self.code}/stock/receive/", urlencode(given), (302,))
        with self.lock:
            self.written.append(lot)
        return took

    def ask(
        self, line: http.client.HTTPConnection, verb: str, address: str, body: str, wanted: tuple[int, ...]
    ) -> float:
        headers = {"Cookie": f"{self.cookie}; csrftoken={TOKEN}"}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        start = time.perf_counter()
        line.request(verb, address, body=body or None, headers=headers)
        response = line.getresponse()
        response.read()
        took = time.perf_counter() - start
        assert response.status in wanted, f"{address} answered {response.status}"
        return took


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    households, seconds, people = (*given, *(HOUSEHOLDS, SECONDS, PEOPLE)[len(given) :])
    with tempfile.TemporaryDirectory(prefix="lianjie-bench-") as place, cluster() as address:
        environment = os.environ | {
            "LIANJIE_DATA": place,
            "LIANJIE_DATABASE": address,
            "DJANGO_SETTINGS_MODULE": "lianjie.project.settings",
            "PYTHONPATH": str(ROOT),
        }
        made = filled(environment, households)
        with served(environment) as port:
            until = time.monotonic() + seconds
            storm = Storm(port, made["pages"], made["cookie"], made["code"], until)
            everybody = [threading.Thread(target=storm.person, args=(n,)) for n in range(people)]
            everybody += [threading.Thread(target=storm.person, args=(people + n, "empty")) for n in range(2)]
            for each in everybody:
                each.start()
            for each in everybody:
                each.join()
        errors = storm.errors + lost(address, storm.written)
    for error in errors[:10]:
        say(f"  {error}")
    empty = p95(storm.times.pop("empty"))
    pages = {
        name: [round(p95(t) * 1000, 1), round(p95(t) / empty, 2)]
        for name, t in storm.times.items()
        if len(t) > 1
    }
    requests = sum(map(len, storm.times.values()))
    print(
        json.dumps(
            {
                "errors": len(errors),
                "p95_ratio": max(ratio for _, ratio in pages.values()),
                "requests": requests,
                "p95_ms": max(ms for ms, _ in pages.values()),
                "empty_p95_ms": round(empty * 1000, 1),
                "per_second": round(requests / seconds, 1),
                "people": people,
                "households": households,
                "seconds": seconds,
                "writes": len(storm.written),
                "pages": pages,
            }
        )
    )


def filled(environment: dict[str, str], households: int) -> dict:
    """The county in the database; its pages, a reader's cookie, the co-op's code."""
    import subprocess

    command = [
        sys.executable,
        str(ROOT / "bench" / "pages.py"),
        "--fill",
        str(households),
        str(households * LINES_EACH),
    ]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1]) | {"code": "C00001"}


def lost(address: str, written: list[str]) -> list[str]:
    """Answered writes that are not in the books exactly once."""
    import psycopg

    lots = "SELECT key, COUNT(*) FROM facts_lot GROUP BY key"
    entries = "SELECT source, COUNT(*) FROM ledger_entry WHERE posted AND source LIKE 'lot:%' GROUP BY source"
    with psycopg.connect(address) as there:
        found, booked = (dict(there.execute(each).fetchall()) for each in (lots, entries))
    once = [lot for lot in written if (found.get(lot), booked.get(f"lot:{lot}")) == (1, 1)]
    return [f"{lot} is not there once" for lot in sorted(set(written) - set(once))]


if __name__ == "__main__":
    main()
