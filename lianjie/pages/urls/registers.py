"""One address a register; forms are added in `facts.py`."""

from django.urls import path

from lianjie.pages import registers
from lianjie.pages.access import Needs

urlpatterns = [
    path(f"o/<str:code>/{kind}/", registers.listing, {"kind": kind}, name=kind)
    for kind in registers.REGISTERS
]

NEEDS: Needs = dict.fromkeys(registers.REGISTERS, "read")
