"""Addresses of the inbox, the list of dead letters and the development mailbox."""

from django.urls import path, register_converter

from accounts.opaque import converter
from notifications import views

register_converter(converter(views.MESSAGE), views.MESSAGE)

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="inbox-read-all"),
    path("inbox/<message:pk>/read/", views.read, name="inbox-read"),
    path("inbox/<message:pk>/open/", views.open_message, name="inbox-open"),
    path("inbox/preferences/", views.preferences, name="preferences"),
    path("notifications/undelivered/", views.undelivered, name="undelivered"),
    path(
        "notifications/undelivered/retry/",
        views.retry_all,
        name="undelivered-retry-all",
    ),
    path(
        "notifications/undelivered/<int:pk>/retry/",
        views.retry,
        name="undelivered-retry",
    ),
    path("dev/mail/", views.mailbox, name="mailbox"),
    path("dev/mail/<slug:name>/", views.letter, name="mailbox-letter"),
    path("dev/mail/<slug:name>/html/", views.letter_html, name="mailbox-html"),
]
