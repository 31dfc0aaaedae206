"""Every address of the application."""

from django.urls import include, path

from cpor import views

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("claims.urls")),
    path("healthz", views.healthz, name="healthz"),
]
