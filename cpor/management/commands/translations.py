"""Keep the translations in step with the texts of the sources."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cpor.catalogues import catalogue_of, faults, merge


class Command(BaseCommand):
    help = "Write the catalogues of every language but English, or check them."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument(
            "--write",
            action="store_true",
            help="add new texts, untranslated, and drop those that are gone",
        )
        how.add_argument(
            "--check",
            action="store_true",
            help="fail when a translation is missing or would break its page",
        )

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        for language in languages():
            if write:
                self.write(language)
            else:
                self.check_catalogue(language)

    def write(self, language: str) -> None:
        merged = merge(language)
        empty = len(merged.untranslated_entries())
        self.stdout.write(
            f"{catalogue_of(language)}: {len(merged)} texts, {empty} to translate"
        )

    def check_catalogue(self, language: str) -> None:
        if wrong := faults(language):
            raise CommandError("\n".join([f"Wrong in {language}:", *wrong]))


def languages() -> list[str]:
    """Return the languages that need a catalogue; the sources are English."""
    return [
        code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE
    ]
