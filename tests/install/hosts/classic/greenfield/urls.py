"""All addresses of Greenfield."""
from django.urls import include, path

from contacts import views

urlpatterns = [
    path("", views.companies, name="companies"),
    path("companies/<int:pk>/", views.company, name="company"),
    path("companies/<int:pk>/log/", views.log_call, name="log-call"),
    path("companies.csv", views.export, name="export"),
    path("", include("django.contrib.auth.urls")),
]
