"""What programme admins see of messages: that they exist, never the links in them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from notifications.models import Delivery, Message


class ReadOnly:
    """Messages are written by what happened, and by nobody's hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created_at", "topic_label", "group", "reader", "read_at")
    search_fields = ("=group", "=address", "=recipient__email")
    fields = ("created_at", "topic", "group", "recipient", "address", "read_at")
    list_select_related = ("recipient",)
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("message", "state", "attempts", "next_attempt_at", "accepted_at")
    list_filter = ("state",)
    search_fields = ("=message__group", "=message__address")
    fields = (*list_display, "trouble")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return super().get_queryset(request).select_related("message__recipient")
