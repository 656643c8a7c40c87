"""Orders, prices seen, rents. A lease's key may hold any character but a line break."""

from django.urls import path

from lianjie.pages import land_value, offtake, order_account, rents
from lianjie.pages.access import Needs

ONE = "o/<str:code>/orders/<str:number>/"

urlpatterns = [
    path("o/<str:code>/orders/", offtake.listing, name="orders"),
    path("o/<str:code>/orders/new/", offtake.sign, name="order-new"),
    path(ONE, offtake.order, name="order"),
    path(f"{ONE}change/", offtake.change, name="order-change"),
    path(f"{ONE}promises/", offtake.promise, name="order-promise"),
    path(f"{ONE}call-offs/", offtake.call_off, name="order-call-off"),
    path(f"{ONE}deliveries/", offtake.take, name="order-take"),
    path(f"{ONE}floor-income/", offtake.book_floors, name="order-floors"),
    path(f"{ONE}pricing/", offtake.pricing, name="order-pricing"),
    path(f"{ONE}account/", order_account.lines, name="order-account"),
    path(f"{ONE}money/", order_account.move, name="order-money"),
    path(f"{ONE}sales/", order_account.sell, name="order-sale"),
    path(f"{ONE}breaches/", order_account.breach, name="order-breach"),
    path(f"{ONE}insurance/", order_account.insure, name="order-insurance"),
    path(f"{ONE}claims/", order_account.claim, name="order-claim"),
    path(f"{ONE}withdraw/<str:reference>/", order_account.take_back, name="order-withdraw"),
    path("o/<str:code>/prices/", offtake.prices, name="prices"),
    path("o/<str:code>/rents/", rents.listing, name="rents"),
    path("o/<str:code>/rents/lease/<path:key>", rents.lease, name="rent-lease"),
    path("o/<str:code>/rents/terms/<path:key>", rents.terms, name="rent-terms"),
    path("o/<str:code>/rents/value/<path:key>", land_value.value, name="rent-value"),
    path("o/<str:code>/rents/pay/<int:year>/<path:key>", rents.pay, name="rent-pay"),
    path("o/<str:code>/rents/change/<path:key>", rents.change, name="rent-change"),
]

NEEDS: Needs = {
    "orders": "read",
    "order-new": "enter_facts",
    "order": "read",
    "order-change": "enter_facts",
    "order-promise": "enter_facts",
    "order-call-off": "enter_facts",
    "order-take": "enter_facts",
    "order-floors": "enter_facts",
    "order-pricing": "enter_facts",
    "order-account": "read",
    "order-money": "enter_facts",
    "order-sale": "enter_facts",
    "order-breach": "enter_facts",
    "order-insurance": "enter_facts",
    "order-claim": "enter_facts",
    "order-withdraw": "enter_facts",
    "prices": ("read", "enter_facts"),
    "rents": ("read", "enter_facts"),
    "rent-lease": "read",
    "rent-terms": "enter_facts",
    "rent-value": "enter_facts",
    "rent-change": "enter_facts",
    "rent-pay": "enter_facts",
}
