"""Catalogue, calendars and known customers on Django's admin site, in development."""

from django.contrib import admin

from claims.models import (
    CalendarDay,
    Customer,
    CustomerDomain,
    Product,
    Subscription,
    WorkCalendar,
)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "area", "keyed_by", "is_active")
    list_filter = ("area", "is_active")
    search_fields = ("code", "name")

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Codes are for ever: a product that ends is no longer active."""
        return False


class DayInline(admin.TabularInline):  # type: ignore[type-arg]
    model = CalendarDay
    extra = 1


@admin.register(WorkCalendar)
class WorkCalendarAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "partner", "first_on", "last_on", "source")
    list_select_related = ("partner",)
    inlines = (DayInline,)


class DomainInline(admin.TabularInline):  # type: ignore[type-arg]
    model = CustomerDomain
    extra = 1


class SubscriptionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Subscription
    extra = 0


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "tenant_id")
    search_fields = ("name", "domains__domain")
    inlines = (DomainInline, SubscriptionInline)
