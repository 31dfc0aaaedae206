"""Every address of the application."""

from django.urls import include, path

from cpor import views
from cpor.administration import administration
from cpor.trail_page import trail, trail_export

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("claims.urls")),
    path("", include("reviews.urls")),
    path("", include("disputes.urls")),
    path("", views.start, name="start"),
    path("api/v1/", include("cpor.api")),
    path("healthz", views.healthz, name="healthz"),
    path("administration/", administration, name="administration"),
    path("administration/", include("accounts.administration.urls")),
    path("administration/", include("claims.administration.urls")),
    path("trail/", trail, name="trail"),
    path("trail/export.csv", trail_export, name="trail-export"),
    path("design/", views.design, name="design"),
]
handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
