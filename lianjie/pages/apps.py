from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "lianjie.pages"
    label = "pages"
