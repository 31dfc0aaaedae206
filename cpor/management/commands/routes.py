"""List every address of the application."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cpor.routes import routes


class Command(BaseCommand):
    help = "List every URL with its name and methods."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, json: bool = False, **options: Any) -> None:
        self.stdout.write(as_json() if json else as_text())


def as_json() -> str:
    return json.dumps(routes(), indent=2)


def as_text() -> str:
    return "\n".join(
        f"{route['path']}  {route['name']}  {' '.join(route['methods'])}"
        for route in routes()
    )
