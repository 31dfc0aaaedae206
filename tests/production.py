"""The settings of production, for tests: pages without a build of the static files."""

from cpor.settings import *  # noqa: F403, TID251
from cpor.settings import STORAGES  # noqa: TID251

STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
