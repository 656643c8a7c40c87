"""The API: each operation takes the right of the page whose address it has."""

from django.urls import include, path

from lianjie.pages.access import SIGNED_IN, Needs
from lianjie.pages.api import document
from lianjie.pages.urls import closing, facts, members, payouts, registers, settlement

urlpatterns = [
    path("api/", document.page, name="api"),
    path("api/openapi.json", document.openapi, name="api-document"),
    path("api/", include(document.operations())),
]

PAGES = members.NEEDS | registers.NEEDS | facts.NEEDS | settlement.NEEDS | closing.NEEDS | payouts.NEEDS
NEEDS: Needs = {
    "api": SIGNED_IN,
    "api-document": SIGNED_IN,
    "api-members": PAGES["members"],
    "api-member": PAGES["member"],
    "api-households": PAGES["households"],
    "api-linkage": PAGES["linkage"],
    "api-deliveries": PAGES["deliveries"],
    "api-enter-delivery": PAGES["enter"],
    "api-journal": PAGES["journal"],
    "api-trial-balance": PAGES["trial-balance"],
    "api-settlements": PAGES["settlements"],
    "api-settlement": PAGES["settlement"],
    "api-settlement-trial": PAGES["settlement-trial"],
    "api-statement": PAGES["statement"],
    "api-payouts": PAGES["payouts"],
    "api-payout": PAGES["payout"],
}
