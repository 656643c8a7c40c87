"""Sales, goods for sale, shipments, and the public page of a lot."""

from django.urls import path

from lianjie.pages import market, market_goods, market_ways
from lianjie.pages.access import OWN, PUBLIC, Needs

SALE = "o/<str:code>/sales/of/<str:channel>/<str:number>/"
LOT = "o/<str:code>/lots/of/<str:number>/"
SHIPMENT = "o/<str:code>/shipments/of/<str:number>/"

urlpatterns = [
    path("o/<str:code>/sales/", market.listing, name="sales"),
    path("o/<str:code>/sales/enter/", market.enter, name="sale-enter"),
    path(SALE, market.one, name="sale"),
    path(f"{SALE}growers/", market.whose, name="sale-growers"),
    path(f"{SALE}packing-list/", market.packing_list, name="sale-packing"),
    path(f"{SALE}back/", market.refund, name="sale-back"),
    path(f"{SALE}payment/", market.pay, name="sale-payment"),
    path(f"{SALE}claim/", market.claim, name="sale-claim"),
    path(f"{SALE}pick/<int:line>/", market_goods.pick, name="sale-pick"),
    path("o/<str:code>/products/", market.products, name="products"),
    path("o/<str:code>/products/enter/", market.add_product, name="product-enter"),
    path("o/<str:code>/products/channel/", market.add_channel, name="channel-enter"),
    path("o/<str:code>/sales/take-back/<path:reference>/", market.take_back, name="market-take-back"),
    path("o/<str:code>/members/<str:member>/sales/", market.went, name="member-sales"),
    path("o/<str:code>/lots/", market_goods.listing, name="market-lots"),
    path("o/<str:code>/lots/pool/", market_goods.pool, name="market-pool"),
    path("o/<str:code>/lots/place/", market_goods.add_place, name="market-place"),
    path(LOT, market_goods.one, name="market-lot"),
    path(f"{LOT}work/<str:kind>/", market_goods.work, name="market-work"),
    path(f"{LOT}label/", market_goods.label, name="market-label"),
    path("o/<str:code>/shipments/", market_ways.listing, name="shipments"),
    path("o/<str:code>/shipments/send/", market_ways.send, name="shipment-send"),
    path(SHIPMENT, market_ways.one, name="shipment"),
    path(f"{SHIPMENT}note/", market_ways.note, name="shipment-note"),
    path(f"{SHIPMENT}waypoint/", market_ways.reach, name="shipment-reach"),
    path(f"{SHIPMENT}receipt/", market_ways.receive, name="shipment-receive"),
    path("lot/<str:lot_code>/", market_goods.public, name="public-lot"),
]

NEEDS: Needs = {
    "sales": "read",
    "sale-enter": "enter_facts",
    "sale": "read",
    "sale-growers": "read",
    "sale-packing": "read",
    "sale-back": "enter_facts",
    "sale-payment": "enter_facts",
    "sale-claim": "enter_facts",
    "sale-pick": "enter_facts",
    "products": "read",
    "product-enter": "enter_facts",
    "channel-enter": "enter_facts",
    "market-take-back": "enter_facts",
    "member-sales": OWN,
    "market-lots": "read",
    "market-pool": "enter_facts",
    "market-place": "enter_facts",
    "market-lot": "read",
    "market-work": "enter_facts",
    "market-label": "read",
    "shipments": "read",
    "shipment-send": "enter_facts",
    "shipment": "read",
    "shipment-note": "read",
    "shipment-reach": "enter_facts",
    "shipment-receive": "enter_facts",
    "public-lot": PUBLIC,
}
