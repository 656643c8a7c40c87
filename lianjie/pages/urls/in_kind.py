"""Loans in kind, the stock by lot, inputs handed out."""

from django.urls import path

from lianjie.pages import in_kind, slips, stock
from lianjie.pages.access import OWN, Needs

urlpatterns = [
    path("o/<str:code>/loans/", in_kind.listing, name="loans"),
    path("o/<str:code>/loans/lend/", in_kind.lend, name="lend"),
    path("o/<str:code>/loans/of/<str:number>/", in_kind.one, name="loan"),
    path("o/<str:code>/loans/of/<str:number>/return/", in_kind.give_back, name="loan-return"),
    path("o/<str:code>/loans/of/<str:number>/ask/", in_kind.ask, name="loan-ask"),
    path("o/<str:code>/loans/of/<str:number>/loss/", in_kind.lose, name="loan-loss"),
    path("o/<str:code>/loans/of/<str:number>/decide/<str:reference>/", in_kind.decide, name="loan-decide"),
    path("o/<str:code>/loans/of/<str:number>/receipt/", slips.lent, name="loan-receipt"),
    path(
        "o/<str:code>/loans/of/<str:number>/receipts/<str:receipt>/", slips.given_back, name="return-receipt"
    ),
    path("o/<str:code>/loans/take-back/<str:reference>/", in_kind.take_back, name="goods-take-back"),
    path("o/<str:code>/stock/", stock.listing, name="stock"),
    path("o/<str:code>/stock/receive/", stock.receive, name="stock-receive"),
    path("o/<str:code>/stock/of/<str:number>/", stock.one, name="lot"),
    path("o/<str:code>/stock/of/<str:number>/cost/", stock.cost, name="lot-cost"),
    path("o/<str:code>/stock/of/<str:number>/loss/", stock.lose, name="lot-loss"),
    path("o/<str:code>/inputs/", stock.inputs, name="inputs"),
    path("o/<str:code>/inputs/issue/", stock.issue, name="input-issue"),
    path("o/<str:code>/inputs/of/<str:receipt>/", slips.given_out, name="input"),
    path("o/<str:code>/inputs/of/<str:receipt>/back/", stock.come_back, name="input-back"),
]

NEEDS: Needs = {
    "loans": "read",
    "lend": "enter_facts",
    "loan": OWN,
    "loan-return": "enter_facts",
    "loan-ask": OWN,
    "loan-loss": "enter_facts",
    "loan-decide": "decide",
    "loan-receipt": OWN,
    "return-receipt": OWN,
    "goods-take-back": "enter_facts",
    "stock": "read",
    "stock-receive": "enter_facts",
    "lot": "read",
    "lot-cost": "enter_facts",
    "lot-loss": "enter_facts",
    "inputs": "read",
    "input-issue": "enter_facts",
    "input": OWN,
    "input-back": "enter_facts",
}
