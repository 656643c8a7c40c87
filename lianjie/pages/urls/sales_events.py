"""Livestreams, group-buy rounds, channels' statements."""

from django.urls import path

from lianjie.pages import channel_statements, group_buy, livestream
from lianjie.pages.access import Needs

urlpatterns = [
    path("o/<str:code>/livestreams/", livestream.listing, name="livestreams"),
    path("o/<str:code>/livestreams/enter/", livestream.add, name="livestream-new"),
    path("o/<str:code>/livestreams/of/<str:event>/", livestream.one, name="livestream"),
    path("o/<str:code>/livestreams/of/<str:event>/plot.svg", livestream.plot, name="livestream-plot"),
    path("o/<str:code>/livestreams/of/<str:event>/orders/", livestream.orders, name="livestream-orders"),
    path("o/<str:code>/livestreams/of/<str:event>/withdraw/", livestream.take_back, name="livestream-back"),
    path("o/<str:code>/group-buys/", group_buy.listing, name="group-buys"),
    path("o/<str:code>/group-buys/open/", group_buy.add, name="group-buy-new"),
    path("o/<str:code>/group-buys/of/<str:number>/", group_buy.one, name="group-buy"),
    path("o/<str:code>/group-buys/of/<str:number>/pick/", group_buy.pick_list, name="group-buy-pick"),
    path("o/<str:code>/group-buys/of/<str:number>/withdraw/", group_buy.take_back, name="group-buy-back"),
    path("o/<str:code>/channel-statements/", channel_statements.listing, name="channel-statements"),
    path("o/<str:code>/channel-statements/missing/", channel_statements.missing, name="channel-missing"),
    path(
        "o/<str:code>/channel-statements/of/<str:number>/", channel_statements.one, name="channel-statement"
    ),
]

NEEDS: Needs = {
    "livestreams": "read",
    "livestream-new": "enter_facts",
    "livestream": "read",
    "livestream-plot": "read",
    "livestream-orders": "read",
    "livestream-back": "enter_facts",
    "group-buys": "read",
    "group-buy-new": "enter_facts",
    "group-buy": ("read", "enter_facts"),
    "group-buy-pick": "read",
    "group-buy-back": "enter_facts",
    "channel-statements": ("read", "enter_facts"),
    "channel-missing": "read",
    "channel-statement": "read",
}
