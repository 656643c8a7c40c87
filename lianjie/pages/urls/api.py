"""The API: each operation takes the right of the page whose address it has."""

from django.urls import include, path

from lianjie.pages.access import SIGNED_IN, Needs
from lianjie.pages.api import document
from lianjie.pages.urls import members

urlpatterns = [
    path("api/", document.page, name="api"),
    path("api/openapi.json", document.openapi, name="api-document"),
    path("api/", include(document.operations())),
]

PAGES = members.NEEDS
NEEDS: Needs = {
    "api": SIGNED_IN,
    "api-document": SIGNED_IN,
    "api-members": PAGES["members"],
    "api-member": PAGES["member"],
}
