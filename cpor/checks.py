"""What `run.py test`, `check` and `fix` run: tables of commands."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import available_timezones

from cpor.embedded import services
from cpor.embedded.services import ROOT
from cpor.embedded.trouble import Trouble

PRODUCTION = {
    "CPOR_ENV": "production",
    "CPOR_URL": "https://cpor.example",
    "ALLOWED_HOSTS": "cpor.example",
    "MAIL_URL": "smtp://mail.cpor.example:587",
    "SECRET_KEY": "only-for-this-check-" + "x7Gq2LmZ9s" * 5,
}
# The rules of the product: no branch of theirs goes untested.
CORE = [
    *("claims/workflow.py", "claims/machine.py", "claims/rules.py"),
    *("claims/calendar.py", "claims/access.py", "claims/engine.py"),
]
AT_ONCE = 2


@dataclass(frozen=True)
class Command:
    """One tool's work and what it is for, in a word or two."""

    name: str
    words: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def tool(name: str) -> str:
    """Return the path of a program that the lint packages brought."""
    return str(Path(sys.executable).with_name(name))


def manage(*words: str) -> list[str]:
    """Return one of Django's commands."""
    return [sys.executable, "manage.py", *words]


def permission_table(word: str) -> list[str]:
    """Return what writes the permission table into docs/security.md, or checks it."""
    return [sys.executable, "-m", "tests.permissions.document", word]


def templates() -> list[str]:
    """Return every template of the tree."""
    return sorted(str(path) for path in ROOT.glob("templates/**/*.html"))


def checks() -> list[Command]:
    """Return every check but the tests, the slow ones first."""
    deploy = manage("check", "--deploy", "--fail-level", "WARNING")
    schema = [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    return [
        Command("types", [tool("mypy"), "."]),
        Command("style", [tool("ruff"), "check", "--output-format", "concise", "."]),
        Command(
            "format",
            [tool("ruff"), "format", "--check", "--output-format", "concise", "."],
        ),
        Command("layers", [tool("lint-imports"), "--no-logo"]),
        Command("templates", [tool("djade"), "--check", *templates()]),
        Command("markup", [tool("djlint"), "--lint", "--quiet", "templates"]),
        Command("deployment", deploy, PRODUCTION),
        Command("migrations", manage("makemigrations", "--check", "--dry-run")),
        Command("translations", manage("translations", "--check")),
        Command("generated documents", manage("workflow_diagram", "--check")),
        Command("permission table", permission_table("--check")),
        Command("compose file", [*schema, "docker-compose.yml"]),
    ]


def fixes() -> list[Command]:
    """Return what a tool can mend by itself."""
    return [
        Command("style", [tool("ruff"), "check", "--fix", "."]),
        Command("format", [tool("ruff"), "format", "."]),
        Command("templates", [tool("djade"), *templates()]),
        Command("generated documents", manage("workflow_diagram", "--write")),
        Command("permission table", permission_table("--write")),
    ]


def run(commands: list[Command], *, at_once: int) -> int:
    """Run them all, one line each, with what a failed one says; 1 if any failed."""
    failed = 0
    with services.throwaway() as named, ThreadPoolExecutor(at_once) as pool:
        base = {**os.environ, **named, "CPOR_ENV": "development"}
        # The application's role can log in only once this has made it.
        subprocess.run(manage("migrate", "-v0"), cwd=ROOT, env=base, check=True)

        def done(command: Command) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command.words,
                cwd=ROOT,
                env=base | command.environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )

        for command, result in zip(commands, pool.map(done, commands), strict=True):
            failed += result.returncode != 0
            say(f"{'FAILED' if result.returncode else 'ok':8}{command.name}")
            if result.returncode:
                say(result.stdout)
    return 1 if failed else 0


def check(arguments: list[str]) -> int:
    """Run every check but the tests."""
    return run(checks(), at_once=AT_ONCE)


def fix(arguments: list[str]) -> int:
    """Mend what a tool can; one after the other, since they write the same files."""
    return run(fixes(), at_once=1)


def test(arguments: list[str]) -> int:
    """Run the tests; a whole run must also reach the bounds of coverage.

    A whole run is shared out by file to as many processes as there are processors,
    each with a Postgres and a Valkey of its own. `--zone Pacific/Kiritimati` puts the
    tests, the programs they start and the database into that time zone.
    """
    if arguments[:1] == ["--zone"]:
        zone, *arguments = arguments[1:] or [""]
        if zone not in available_timezones():
            raise Trouble(
                f"“{zone}” is no time zone. Name one like Pacific/Kiritimati."
            )
        os.environ.update(CPOR_TEST_ZONE=zone, TZ=zone)
    coverage = [sys.executable, "-m", "coverage"]
    call([*coverage, "erase"])
    shared = [] if arguments else ["-n", "logical", "--dist", "loadfile"]
    code = call([*coverage, "run", "-m", "pytest", *shared, *arguments])
    if code or arguments:
        return code
    core = ["--include", ",".join(CORE), "--fail-under", "100"]
    call([*coverage, "combine", "-q"])
    return call([*coverage, "report"]) | call([*coverage, "report", *core])


def call(words: list[str]) -> int:
    """Run a program at this terminal and return its exit code."""
    return subprocess.run(words, cwd=ROOT, check=False).returncode


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(text.rstrip() + "\n")
    sys.stdout.flush()


TARGETS: dict[str, Callable[[list[str]], int]] = {
    "check": check,
    "fix": fix,
    "test": test,
}

if __name__ == "__main__":
    try:
        sys.exit(TARGETS[sys.argv[1]](sys.argv[2:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)
