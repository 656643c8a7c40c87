from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "lianjie.facts"
    label = "facts"
