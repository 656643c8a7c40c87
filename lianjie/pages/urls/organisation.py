"""An organisation's home."""

from django.urls import path

from lianjie.pages import organisation

urlpatterns = [path("o/<str:code>/", organisation.home, name="organisation")]
