"""Home and areas."""

from django.urls import path

from lianjie.pages import entrance
from lianjie.pages.access import PUBLIC, SIGNED_IN, Needs

urlpatterns = [
    path("", entrance.home, name="home"),
    path("o/<str:code>/empty/", entrance.empty, name="empty"),
    path("areas/<str:code>/", entrance.area, name="area"),
]

NEEDS: Needs = {"home": SIGNED_IN, "empty": "read", "area": "area:read", "set_language": PUBLIC}
