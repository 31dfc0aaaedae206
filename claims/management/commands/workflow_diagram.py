"""Write docs/workflow.md from the declaration, or check that it is current."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from claims.diagram import page

TARGET = settings.BASE_DIR / "docs" / "workflow.md"


class Command(BaseCommand):
    help = "Print the claim workflow as Markdown with a Mermaid diagram."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
        choice.add_argument("--check", action="store_true", help="fail if it is old")

    def handle(
        self, *args: Any, write: bool = False, check: bool = False, **options: Any
    ) -> None:
        if write:
            TARGET.write_text(page(), encoding="utf-8")
        elif check:
            if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != page():
                raise CommandError(
                    "docs/workflow.md is old: run manage.py workflow_diagram --write"
                )
        else:
            self.stdout.write(page())
