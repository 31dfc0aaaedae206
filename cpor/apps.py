"""Puts the parts together when the program starts."""

from django.apps import AppConfig


class CporConfig(AppConfig):
    name = "cpor"
