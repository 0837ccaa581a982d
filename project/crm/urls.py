"""The addresses of the CRM's own pages."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from project.crm import views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("customers/<int:pk>/log/", views.log_entry, name="log"),
    path("customers/<int:pk>/follow/", views.follow, name="follow"),
    path("wishes/", views.wishes, name="wishes"),
    path(
        "login/",
        LoginView.as_view(template_name="crm/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
]
