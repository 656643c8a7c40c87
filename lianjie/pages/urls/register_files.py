"""Registers as Excel files: template, taken out, brought in."""

from django.urls import path

from lianjie.pages import register_files

urlpatterns = [
    path("o/<str:code>/files/", register_files.home, name="register-files"),
    path("o/<str:code>/files/check/", register_files.check, name="register-check"),
    path("o/<str:code>/files/confirm/", register_files.confirm, name="register-confirm"),
    path("o/<str:code>/files/reasons/", register_files.reasons, name="register-reasons"),
    path("o/<str:code>/files/of/<slug:family>/template/", register_files.template, name="register-template"),
    path("o/<str:code>/files/of/<slug:family>/", register_files.export, name="register-export"),
]
