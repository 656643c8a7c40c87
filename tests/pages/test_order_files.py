"""Order files on pages: choose, settle the columns, see, bring in; and who may. M1, M3."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from lianjie.facts.actions import market
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.job_run import Worker
from lianjie.facts.actions.stock import Books
from lianjie.facts.models import ChannelStatement, SalesOrder
from lianjie.facts.queries import order_file as queries
from lianjie.facts.rules.market import ChannelGiven, ProductGiven
from lianjie.facts.workbook import order_table
from lianjie.ledger.actions.posting import post
from lianjie.project.worker import HANDLERS
from tests.facts.order_files import made

pytestmark = [pytest.mark.django_db, pytest.mark.mission("M1", "M3")]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
HERE = "/o/C2001/order-files/"


@pytest.fixture
def shop(world):
    books = Books(world.coop.pk, SourceGiven("page", "shop"), AT, None, post)
    for code, (title, _spec) in made.GOODS.items():
        market.add_product(ProductGiven(code, date(2026, 1, 1), title, title, content=2_500), books)
    market.add_channel(ChannelGiven("SHOP", date(2026, 1, 1), "livestream", "小店"), books)
    return world


def upload(client, data: bytes, name: str = "orders.xlsx", channel: str = "SHOP"):
    file = BytesIO(data)
    file.name = name
    return client.post(f"{HERE}choose/", {"channel": channel, "file": file}, follow=True)


def mapped(answer) -> dict[str, str]:
    """What the page of the columns would send as it stands."""
    mapping = answer.context["mapping"]
    sent = {f"column:{code}": caption for code, caption in mapping.columns.items()}
    sent |= {f"state:{word}": meaning for word, _, meaning in answer.context["states"] if meaning}
    return sent | {"shape": mapping.shape}


def test_a_file_is_settled_seen_and_brought_in(shop, reads):
    chen, orders = reads("chen"), made.world(3, 12)
    answer = upload(chen, made.exported("short_video_shop", orders))
    assert answer.redirect_chain[-1][0] == f"{HERE}columns/"
    assert answer.context["mapping"].layout == "short_video_shop"
    answer = chen.post(f"{HERE}columns/", mapped(answer), follow=True)
    assert answer.redirect_chain[-1][0] == f"{HERE}preview/"
    paid = [each for each in orders if each.paid]
    assert answer.context["outcomes"]["new"] == len(paid)
    assert answer.context["gross"] == sum(each.fen for each in paid)
    assert not SalesOrder.objects.exists()
    first, again = chen.post(f"{HERE}preview/"), chen.post(f"{HERE}preview/")
    assert first["Location"] == again["Location"], "pressed twice, it is one task"
    assert Worker(HANDLERS).work_one()
    assert SalesOrder.objects.count() == len(paid)
    page = chen.get(first["Location"]).content.decode()
    assert "given back since" in page
    assert "left for a person" not in page.split("<table")[0] or ">0<" in page
    assert queries.mapping(shop.coop.pk, "SHOP").columns["number"] == "主订单编号"


def test_unknown_words_and_goods_are_asked_for_once(shop, reads):
    chen = reads("chen")
    captions, rows = made.short_video_shop(made.world(4, 3))
    for row in rows:
        row[captions.index("订单状态")] = "在路上"
        row[captions.index("商家编码")] = ""
        row[captions.index("支付完成时间")] = "2026-06-18 20:00:00"
    answer = upload(chen, made.written(captions, rows, "utf-8-sig"), "orders.csv")
    sent = mapped(answer)
    answer = chen.post(f"{HERE}columns/", sent)
    assert answer.status_code == 422
    assert "在路上" in answer.content.decode()
    goods = {f"goods:{title}": "PG5" for title, _, _ in answer.context["goods"]}
    answer = chen.post(f"{HERE}columns/", sent | goods | {"state:在路上": "sent"})
    assert answer.status_code == 302
    answer = upload(chen, made.written(captions, rows, "utf-8-sig"), "orders.csv")
    assert all(meaning for _, _, meaning in answer.context["states"])
    assert all(product for _, _, product in answer.context["goods"])


@pytest.mark.parametrize("layout", [each.code for each in queries.layouts()])
def test_the_sample_of_each_layout_is_recognised_and_brought_in(shop, reads, layout):
    chen = reads("chen")
    file = chen.get(f"{HERE}sample/{layout}/")
    assert chen.get(f"{HERE}sample/{layout}x/").status_code == 404
    assert f"sample/{layout}/" in chen.get(HERE).content.decode()
    answer = upload(chen, file.content, f"{layout}.csv")
    assert answer.context["mapping"].layout == layout
    goods = {f"goods:{title}": "PG5" for title, _, _ in answer.context["goods"]}
    answer = chen.post(f"{HERE}columns/", mapped(answer) | goods, follow=True)
    assert answer.status_code == 200
    assert answer.context["outcomes"]["new"] >= 2
    chen.post(f"{HERE}preview/")
    assert Worker(HANDLERS).work_one()
    assert SalesOrder.objects.count() == answer.context["outcomes"]["new"]


def test_one_bad_row_comes_back_with_its_reason(shop, reads):
    chen = reads("chen")
    captions, rows = made.short_video_shop([each for each in made.world(5, 6) if each.paid])
    rows[2][captions.index("商品数量")] = "半箱"
    answer = upload(chen, made.written(captions, rows, "xlsx"))
    answer = chen.post(f"{HERE}columns/", mapped(answer), follow=True)
    assert answer.status_code == 422
    assert "半箱" in answer.content.decode()
    copy = b"".join(chen.get(f"{HERE}reasons/").streaming_content)
    assert copy.startswith(b"PK")
    chen.post(f"{HERE}preview/")
    assert not Worker(HANDLERS).work_one(), "a file that needs mending is not asked for"


def test_what_is_no_order_file_is_told(shop, reads):
    chen = reads("chen")
    for data, name in (
        (b"\0\1\2", "x.bin"),
        (b"", "x.csv"),
        ("一,二\n".encode(), "x.csv"),
        (b"PK\3\4", "x.xlsx"),
    ):
        answer = upload(chen, data, name)
        assert answer.redirect_chain[-1][0] == HERE
        assert 'class="notice notice-bad"' in answer.content.decode(), name
    answer = chen.get(f"{HERE}preview/", follow=True)
    assert answer.redirect_chain[-1][0] == HERE


def test_who_may_not(shop, reads):
    assert reads("zhao").get(HERE).status_code == 404
    assert reads("luo").get(HERE).status_code == 200
    assert reads("luo").post(f"{HERE}choose/").status_code == 403
    assert reads("guo").get(f"{HERE}columns/").status_code == 403


def test_a_settlement_file_is_a_task_and_comes_back_with_its_reasons(shop, reads):
    """What is wrong stands beside its row; mended, it is booked, and sent twice it is one task."""
    chen, address = reads("chen"), "/o/C2001/channel-statements/"

    def bring(rows: list[str]):
        file = BytesIO("\n".join(("订单号,订单金额,退款金额,平台服务费,达人佣金,结算金额", *rows)).encode())
        file.name = "结算单.csv"
        form = {"channel": "SHOP", "number": "2026-06", "day": "2026-07-05", "into": "109", "file": file}
        return chen.post(address, form)

    asked = bring(["6900001,100.00,0,5.00,10.00,85.01", "6900002,50.00,0,2.50,5.00,42.50"])
    assert asked.status_code == 302, asked.context["form"].errors
    assert Worker(HANDLERS).work_one()
    page = chen.get(asked["Location"])
    assert page.context["placed"]
    assert not ChannelStatement.objects.exists()
    copy = order_table.read(b"".join(chen.get(f"{asked['Location']}result/").streaming_content), "copy.xlsx")
    assert [bool(row[-1]) for row in copy.frame.iter_rows()] == [True, False]
    first = bring(["6900001,100.00,0,5.00,10.00,85.00", "6900002,50.00,0,2.50,5.00,42.50"])
    again = bring(["6900001,100.00,0,5.00,10.00,85.00", "6900002,50.00,0,2.50,5.00,42.50"])
    assert first["Location"] == again["Location"] != asked["Location"]
    assert Worker(HANDLERS).work_one()
    assert not Worker(HANDLERS).work_one()
    page = chen.get(first["Location"]).content.decode()
    assert f"{address}of/SHOP-2026-06/" in page
    row = ChannelStatement.objects.get()
    assert (row.paid_fen, row.fee_fen) == (12_750, 2_250)
    assert [each["number"] for each in chen.get(address, {"search": "2026-06"}).context["rows"]] == [
        "2026-06"
    ]
    assert not chen.get(address, {"search": "2025-06"}).context["rows"]
    file = chen.get(address, {"as": "csv"})
    assert "C2001-channel-statements.csv" in file["Content-Disposition"]
    assert "127.5" in b"".join(file.streaming_content).decode()
