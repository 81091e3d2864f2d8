"""Addresses of imports and exports, under /exchange/."""

from hearth.hmis.exchange.exporting.urls import urlpatterns as exports
from hearth.hmis.exchange.importing.urls import urlpatterns as imports

app_name = "exchange"
urlpatterns = [*imports, *exports]
