#!/usr/bin/env python
"""Django's commands; `python3 run.py manage …` brings Postgres and Valkey along."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")
    execute_from_command_line(sys.argv)
