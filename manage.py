#!/usr/bin/env python
"""Django's commands; `python3 run.py manage …` brings Postgres and Valkey along."""

import os
import sys

from django.core.management import execute_from_command_line

from accounts import scopes


def main() -> None:
    """Run a command in the system scope; `runserver` serves in other threads."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")
    with scopes.at_home_in(scopes.Scope.SYSTEM):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
