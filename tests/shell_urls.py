"""An application of which only the start page is built."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def blank(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


urlpatterns = [path("", blank, name="start")]
