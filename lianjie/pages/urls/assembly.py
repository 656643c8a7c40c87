"""Meetings: called, attended, what they resolved, their papers; who chairs the co-ops of an area."""

from django.urls import path

from lianjie.pages import assembly, branch_led
from lianjie.pages.access import Needs

ALL = "o/<str:code>/meetings/"
ONE = f"{ALL}<str:meeting>/"

urlpatterns = [
    path(ALL, assembly.listing, name="meetings"),
    path("o/<str:code>/meeting-new/", assembly.call, name="meeting-new"),
    path(ONE, assembly.one, name="meeting"),
    path(f"{ONE}roll/", assembly.roll, name="meeting-roll"),
    path(f"{ONE}resolve/", assembly.resolve, name="meeting-resolve"),
    path(f"{ONE}papers/", assembly.paper, name="meeting-paper-new"),
    path(f"{ONE}papers/<str:name>", assembly.kept, name="meeting-paper"),
    path(f"{ONE}resolutions/<str:resolution>/take-back/", assembly.take_back, name="resolution-back"),
    path("areas/<str:code>/branch-led/", branch_led.listing, name="area-branch-led"),
]

NEEDS: Needs = {
    "meetings": "read",
    "meeting-new": "settle",
    "meeting": "read",
    "meeting-roll": "settle",
    "meeting-resolve": "settle",
    "meeting-paper-new": "settle",
    "meeting-paper": "read",
    "resolution-back": "decide",
    "area-branch-led": "area:read",
}
