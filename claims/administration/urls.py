"""Addresses of the administration of catalogue, customers and calendars."""

from django.urls import path

from claims.administration import calendars, customers, products

urlpatterns = [
    path("catalogue/", products.products, name="administration-products"),
    path("catalogue/new/", products.add_product, name="administration-product-new"),
    path("catalogue/<int:pk>/", products.product, name="administration-product"),
    path(
        "catalogue/<int:pk>/offer/",
        products.offer_product,
        name="administration-product-offer",
    ),
    path(
        "catalogue/<int:pk>/remove/",
        products.remove_product,
        name="administration-product-remove",
    ),
    path("customers/", customers.customers, name="administration-customers"),
    path("customers/new/", customers.add_customer, name="administration-customer-new"),
    path("customers/<int:pk>/", customers.customer, name="administration-customer"),
    path(
        "customers/<int:pk>/change/",
        customers.change_customer,
        name="administration-customer-change",
    ),
    path(
        "customers/<int:pk>/subscriptions/new/",
        customers.add_subscription,
        name="administration-subscription-new",
    ),
    path(
        "subscriptions/<int:pk>/",
        customers.subscription,
        name="administration-subscription",
    ),
    path("calendars/", calendars.calendars, name="administration-calendars"),
    path("calendars/<int:pk>/", calendars.calendar, name="administration-calendar"),
    path(
        "calendars/<int:pk>/place/",
        calendars.change_calendar,
        name="administration-calendar-change",
    ),
    path(
        "calendars/<int:pk>/days/new/",
        calendars.add_day,
        name="administration-day-new",
    ),
    path(
        "calendars/days/<int:pk>/remove/",
        calendars.remove_day,
        name="administration-day-remove",
    ),
    path(
        "partners/<int:pk>/calendar/",
        calendars.add_calendar,
        name="administration-calendar-new",
    ),
]
