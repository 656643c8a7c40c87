"""A collective's assets, its contracts, its income by source; the villages of an area."""

from django.urls import path

from lianjie.pages import assets, assets_income, bonds, joint
from lianjie.pages.access import Needs

AT = "o/<str:code>/assets"

urlpatterns = [
    path(f"{AT}/", assets.listing, name="assets"),
    path(f"{AT}/register/", assets.register, name="asset-register"),
    path(f"{AT}/due/", assets.due, name="assets-due"),
    path(f"{AT}/of/<str:number>/", assets.one, name="asset"),
    path(f"{AT}/of/<str:number>/use/", assets.use, name="asset-use"),
    path(f"{AT}/of/<str:number>/let/", assets_income.let, name="asset-let"),
    path(f"{AT}/of/<str:number>/give-away/", assets.dispose, name="asset-dispose"),
    path(f"{AT}/take-back/<str:reference>/", assets.take_back, name="asset-take-back"),
    path(f"{AT}/contracts/", assets_income.contracts, name="contracts"),
    path(f"{AT}/contracts/of/<str:number>/", assets_income.contract, name="contract"),
    path(f"{AT}/contracts/of/<str:number>/receive/", assets_income.receive, name="contract-receive"),
    path(f"{AT}/contracts/of/<str:number>/give-back/", assets_income.give_back, name="contract-give-back"),
    path(f"{AT}/contracts/of/<str:number>/end/", assets_income.end, name="contract-end"),
    path(f"{AT}/contracts/of/<str:number>/bond/", bonds.of_contract, name="contract-bond"),
    path("o/<str:code>/bonds/", bonds.listing, name="bonds"),
    path("o/<str:code>/rents/bond/<path:key>", bonds.of_lease, name="rent-bond"),
    path("o/<str:code>/rents/sublease-bond/<path:key>", bonds.of_sublease, name="sublease-bond"),
    path("o/<str:code>/income/", assets_income.income, name="collective-income"),
    path("o/<str:code>/income/enter/", assets_income.earn, name="income-enter"),
    path("o/<str:code>/villages/", joint.villages, name="villages"),
    path("areas/<str:code>/collective-income/", assets_income.area, name="area-income"),
]

NEEDS: Needs = {
    "assets": "read",
    "asset-register": "enter_facts",
    "assets-due": "enter_facts",
    "asset": "read",
    "asset-use": "enter_facts",
    "asset-let": "enter_facts",
    "asset-dispose": "enter_facts",
    "asset-take-back": "enter_facts",
    "contracts": "read",
    "contract": "read",
    "contract-receive": "enter_facts",
    "contract-give-back": "enter_facts",
    "contract-end": "enter_facts",
    "contract-bond": "enter_facts",
    "bonds": "read",
    "rent-bond": "enter_facts",
    "sublease-bond": "enter_facts",
    "collective-income": "read",
    "income-enter": "enter_facts",
    "villages": "read",
    "area-income": "area:read",
}
