"""Members and their accounts."""

from django.urls import path

from lianjie.pages import household, household_unlinked, members
from lianjie.pages.access import OWN, SIGNED_IN, Needs

urlpatterns = [
    path("o/<str:code>/members/", members.listing, name="members"),
    path("o/<str:code>/members/<str:party>/", members.account, name="member"),
    path("h/", household_unlinked.page, name="unlinked"),
    path("h/<str:party>/", household.page, name="linkage"),
]

NEEDS: Needs = {"members": "read", "member": OWN, "linkage": SIGNED_IN, "unlinked": "area:read"}
