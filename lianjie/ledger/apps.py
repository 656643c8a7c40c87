from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "lianjie.ledger"
    label = "ledger"
