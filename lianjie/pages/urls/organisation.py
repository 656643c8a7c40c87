"""An organisation's home."""

from django.urls import path

from lianjie.pages import organisation
from lianjie.pages.access import Needs

urlpatterns = [path("o/<str:code>/", organisation.home, name="organisation")]

NEEDS: Needs = {"organisation": "read_own"}
