"""The address of the disputes' queue."""

from django.urls import path

from disputes import views

urlpatterns = [path("disputes/", views.disputes, name="disputes")]
