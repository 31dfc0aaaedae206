"""Every address of the application."""

from django.urls import include, path

from cpor import views

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("claims.urls")),
    path("", include("reviews.urls")),
    path("", include("disputes.urls")),
    path("", views.start, name="start"),
    path("api/v1/", include("cpor.api")),
    path("healthz", views.healthz, name="healthz"),
]
