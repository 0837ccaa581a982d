"""Every page stands below its language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView
from django.urls import include, path

from accounts import views
from staff.views import bell

pages = [
    path("login", LoginView.as_view(), name="login"),
    path("orders", views.orders, name="orders"),
    path("orders/<int:pk>/ship", views.ship, name="ship"),
    path("bell", bell, name="bell"),
]
urlpatterns = i18n_patterns(path("", include(pages)))
urlpatterns += [path("stock.txt", views.stock)]
