from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "lianjie.oversight"
    label = "oversight"
