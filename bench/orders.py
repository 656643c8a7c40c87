"""How fast a platform's order file is brought in, as ratios in one run. Closes with one line of JSON.

    bin/bench orders [ROWS]        200,000 rows unless told, one item a row, some orders of several

import_ratio      a workbook (.xlsx): read, check the whole file, match with what stands, write orders and
                  lines, and book what was sent (an entry for each channel and day, and for each thing
                  given back), with keys, foreign keys and triggers, into SQLite; against reading the
                  same file with the fastest reader (calamine)
import_ratio_postgresql  the same into PostgreSQL
import_ratio_csv  the same rows as CSV, against the csv module with what any reader of such a file must do to
                  it before a figure is a figure: decode, strip, turn money into whole fen and times into
                  times. (Polars returns after a tenth of a second because it has looked at nothing yet:
                  import_s of CSV against read_csv_polars_s is kept below for who wants it.)
import_cpu_ratio  import_ratio in processor time, which other programs on the machine disturb less
again_ratio       the same workbook a second time: everything is found to stand
check_ratio       reading and checking the workbook, nothing written
peak_mib          the most memory the importing process held

The file is made first and not timed. Each figure is the median of three rounds; each round of an import
begins with an empty database.
"""

import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROWS, ROUNDS = 200_000, 3
PRODUCTS = 40


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="lianjie-bench-") as place, cluster() as addresses:
        folder = Path(place)
        make(folder, rows)
        readings = child("reading", folder)
        found: dict[str, list[dict[str, float]]] = {"xlsx": [], "csv": [], "postgresql": []}
        for _ in range(ROUNDS):
            found["xlsx"].append(child("importing_xlsx", folder))
            found["postgresql"].append(child("importing_xlsx", folder, next(addresses)))
            found["csv"].append(child("importing_csv", folder))

    def middle(kind: str, what: str) -> float:
        return statistics.median(each[what] for each in found[kind])

    figures = {
        "rows": rows,
        "orders": found["xlsx"][0]["orders"],
        "import_ratio": middle("xlsx", "whole") / readings["xlsx"],
        "import_cpu_ratio": middle("xlsx", "whole_cpu") / readings["xlsx_cpu"],
        "import_ratio_postgresql": middle("postgresql", "whole") / readings["xlsx"],
        "import_ratio_csv": middle("csv", "whole") / readings["csv"],
        "again_ratio": middle("xlsx", "again") / readings["xlsx"],
        "again_ratio_postgresql": middle("postgresql", "again") / readings["xlsx"],
        "check_ratio": middle("xlsx", "checked") / readings["xlsx"],
        "read_xlsx_s": readings["xlsx"],
        "read_csv_s": readings["csv"],
        "read_csv_polars_s": readings["polars"],
        "import_xlsx_s": middle("xlsx", "whole"),
        "import_xlsx_postgresql_s": middle("postgresql", "whole"),
        "import_csv_s": middle("csv", "whole"),
        "peak_mib": max(each["peak_mib"] for each in found["xlsx"] + found["csv"]),
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


@contextmanager
def cluster() -> Iterator[Iterator[str]]:
    """A PostgreSQL server of its own; each address is that of an empty database."""
    sys.path.insert(0, str(ROOT))
    from tests.support.postgres import Cluster

    server = Cluster(durable=True)

    def addresses() -> Iterator[str]:
        for number in range(ROUNDS):
            server.execute(f"CREATE DATABASE shop{number}")
            yield server.address(f"shop{number}")

    try:
        yield addresses()
    finally:
        server.stop()


def child(what: str, folder: Path, database: str = "") -> dict[str, float]:
    """A process of its own, so that memory and caches of one figure do not touch another."""
    done = subprocess.run(
        [sys.executable, __file__, "--child", what, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LIANJIE_DATABASE": database},
    )
    if done.returncode:
        sys.exit(done.stderr)
    print(f"{what} {database.partition(':')[0]}: {done.stdout.strip()}", file=sys.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def make(folder: Path, rows: int) -> None:
    """One export of a short-video shop, as a workbook and as CSV: seventeen columns, as such shops have."""
    import csv

    import xlsxwriter

    captions = [
        "主订单编号",
        "子订单编号",
        "选购商品",
        "商品规格",
        "商品数量",
        "商家编码",
        "商品金额",
        "订单应付金额",
        "订单状态",
        "支付完成时间",
        "发货时间",
        "售后状态",
        "退款金额",
        "售后完成时间",
        "收件人",
        "收件人手机号",
        "详细地址",
    ]
    chance, start, made, number = random.Random(7), datetime(2026, 11, 1), [], 0  # noqa: DTZ001
    while len(made) < rows:
        number += 1
        items = min(chance.choices((1, 2, 3), (80, 15, 5))[0], rows - len(made))
        paid = start + timedelta(seconds=chance.randrange(86_400 * 10))
        sent = paid + timedelta(hours=chance.randrange(1, 60))
        things = [
            (chance.randrange(PRODUCTS), chance.randint(1, 3), chance.randrange(990, 9990))
            for _ in range(items)
        ]
        total = sum(packs * fen for _, packs, fen in things)
        for place, (product, packs, fen) in enumerate(things, 1):
            back = packs * fen if chance.random() < 0.03 else 0
            made.append(
                [
                    f"6900{number:015d}",
                    f"6900{number:015d}-{place}",
                    f"云岭特产{product:02d}",
                    "5斤装",
                    str(packs),
                    f"P{product:02d}",
                    money(packs * fen),
                    money(total),
                    "已完成",
                    str(paid),
                    str(sent),
                    "退款成功" if back else "-",
                    money(back),
                    str(sent + timedelta(days=3)) if back else "",
                    "王某某",
                    "13900000000",
                    "某省某市某区某路某号",
                ]
            )
    with (folder / "orders.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([captions, *made])
    book = xlsxwriter.Workbook(folder / "orders.xlsx", {"constant_memory": False})
    sheet = book.add_worksheet("订单")
    for line, row in enumerate([captions, *made]):
        sheet.write_row(line, 0, row)
    book.close()


def money(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def reading(folder: Path) -> dict[str, float]:
    import polars as pl
    from python_calamine import CalamineWorkbook

    def workbook() -> None:
        CalamineWorkbook.from_path(folder / "orders.xlsx").get_sheet_by_index(0).to_python()

    def polars() -> None:
        pl.read_csv(folder / "orders.csv", infer_schema=False)

    used = time.process_time()
    workbook()
    used = time.process_time() - used
    return {
        "xlsx": statistics.median(timed(workbook) for _ in range(ROUNDS)),
        "xlsx_cpu": used,
        "csv": statistics.median(timed(lambda: plainly(folder / "orders.csv")) for _ in range(ROUNDS)),
        "polars": statistics.median(timed(polars) for _ in range(ROUNDS)),
    }


def plainly(path: Path) -> list[list[object]]:
    """The rows as a careful script of a seller reads them: texts stripped, money in fen, times as times."""
    import csv
    from decimal import Decimal

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        captions = next(rows)
        readers: list[Callable[[str], object]] = [str] * len(captions)
        for at, caption in enumerate(captions):
            if "金额" in caption:
                readers[at] = lambda text: int(Decimal(text or 0) * 100)
            elif "时间" in caption:
                readers[at] = lambda text: datetime.fromisoformat(text) if text else None
            elif caption == "商品数量":
                readers[at] = int
        return [[read(cell.strip()) for read, cell in zip(readers, row, strict=True)] for row in rows]


def importing_xlsx(folder: Path) -> dict[str, float]:
    return importing(folder, "orders.xlsx")


def importing_csv(folder: Path) -> dict[str, float]:
    return importing(folder, "orders.csv")


def importing(folder: Path, name: str) -> dict[str, float]:
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    os.environ |= {"LIANJIE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "lianjie.project.settings"}
    if not os.environ.get("LIANJIE_DATABASE"):
        os.environ.pop("LIANJIE_DATABASE", None)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from lianjie.facts.actions import job_run, order_file
    from lianjie.facts.actions.job_run import Worker
    from lianjie.facts.models import JobRun
    from lianjie.facts.queries import order_file as queries
    from lianjie.facts.rules.order_file import begun, guessed
    from lianjie.facts.workbook import order_table
    from lianjie.project.worker import HANDLERS

    organisation, at = shop(), datetime(2026, 11, 20, tzinfo=UTC)
    worker = Worker(HANDLERS)

    def bring() -> None:
        content = (folder / name).read_bytes()
        table = order_table.read(content, name)
        mapping = begun(guessed(queries.layouts(), table.captions), table.captions)
        path = data / f"{time.perf_counter_ns()}.parquet"
        table.keep(path)
        payload = {
            "file": path.name,
            "channel": "SHOP",
            "name": name,
            "mapping": vars(mapping),
            "sha256": order_file.digest_of(content),
        }
        job_run.enqueue("order_import", path.name, payload, organisation_id=organisation, at=at, by=None)
        assert worker.work_one()

    def checked() -> None:
        table = order_table.read((folder / name).read_bytes(), name)
        mapping = begun(guessed(queries.layouts(), table.captions), table.captions)
        assert not order_file.understood(table, mapping, organisation, at.date()).problems

    check = timed(checked)
    used = time.process_time()
    whole = timed(bring)
    used = time.process_time() - used
    again = timed(bring)
    first, second = JobRun.objects.order_by("pk")
    assert first.state == second.state == "done", (first.refusals, second.refusals)
    orders = first.result["counts"]["new"]
    assert second.result["counts"]["unchanged"] == orders
    assert "new" not in second.result["counts"]
    return {"checked": check, "whole": whole, "whole_cpu": used, "again": again, "orders": orders}


def shop() -> int:
    """A co-op, its products and one shop; returns its id."""
    from datetime import date

    from lianjie.facts.actions import market
    from lianjie.facts.actions.enter import SourceGiven
    from lianjie.facts.actions.stock import Books
    from lianjie.facts.models import Area, Organisation, Party
    from lianjie.facts.rules.market import ChannelGiven, ProductGiven
    from lianjie.ledger.actions.posting import post

    day = date(2026, 1, 1)
    area = Area.objects.create(
        code="539901001001", name="示例村", level="village", path="000001/", valid_from=day
    )
    coop = Party.objects.create(code="COOP", kind="organisation", name="示例合作社", area=area, invented=True)
    Organisation.objects.create(party=coop, kind="coop")
    books = Books(coop.pk, SourceGiven("page", "bench"), datetime(2026, 11, 20, tzinfo=UTC), None, post)
    for number in range(PRODUCTS):
        title = f"云岭特产{number:02d}"
        market.add_product(ProductGiven(f"P{number:02d}", day, title, title, content=2_500), books)
    market.add_channel(ChannelGiven("SHOP", day, "livestream", "小店"), books)
    return coop.pk


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        found = globals()[sys.argv[2]](Path(sys.argv[3]))
        print(json.dumps(found | {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    else:
        main()
