"""Short messages for the next page, in a cookie that no other host can set."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    cookie_name = "__Host-messages" if settings.PRODUCTION else "messages"


class FlashStorage(FallbackStorage):
    storage_classes = (HostCookieStorage, SessionStorage)
