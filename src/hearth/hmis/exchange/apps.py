from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hearth.hmis.exchange"
    label = "exchange"
