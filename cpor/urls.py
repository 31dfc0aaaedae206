"""Every address of the application."""

from django.urls import include, path

from cpor import views

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("healthz", views.healthz, name="healthz"),
]
