"""Months closed, and the trial balance read from their sums."""

from django.urls import path

from lianjie.pages import closing
from lianjie.pages.access import Needs

urlpatterns = [
    path("o/<str:code>/trial-balance/", closing.trial_balance, name="trial-balance"),
    path("o/<str:code>/closings/", closing.listing, name="closings"),
    path("o/<str:code>/closings/reopening/", closing.reopening, name="reopening"),
]

NEEDS: Needs = {
    "trial-balance": "read",
    "closings": ("read", "settle"),
    "reopening": ("read", "decide"),
}
