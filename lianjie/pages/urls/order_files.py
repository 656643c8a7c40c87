"""Platforms' order files."""

from django.urls import path

from lianjie.pages import order_files
from lianjie.pages.access import Needs

urlpatterns = [
    path("o/<str:code>/order-files/", order_files.home, name="order-files"),
    path("o/<str:code>/order-files/sample/<str:layout>/", order_files.sample, name="order-sample"),
    path("o/<str:code>/order-files/choose/", order_files.choose, name="order-choose"),
    path("o/<str:code>/order-files/columns/", order_files.columns, name="order-columns"),
    path("o/<str:code>/order-files/preview/", order_files.preview, name="order-preview"),
    path("o/<str:code>/order-files/reasons/", order_files.reasons, name="order-reasons"),
]

NEEDS: Needs = {
    "order-files": "read",
    "order-sample": "read",
    "order-choose": "enter_facts",
    "order-columns": "enter_facts",
    "order-preview": "enter_facts",
    "order-reasons": "enter_facts",
}
