"""What is open without an account: a household's lines by its code; and objections waiting in an area."""

from django.urls import path

from lianjie.pages import objection_code, objections_area
from lianjie.pages.access import PUBLIC, Needs

urlpatterns = [
    path("q/", objection_code.ask, name="code-door"),
    path("q/<str:secret>/", objection_code.door, name="code"),
    path("areas/<str:code>/objections/", objections_area.listing, name="area-objections"),
]

NEEDS: Needs = {"code-door": PUBLIC, "code": PUBLIC, "area-objections": "area:read"}
