"""Django's commands on a data folder, whether or not the product runs on it."""

import os
import signal
import subprocess
import sys
import time

from cpor.embedded import children, services
from cpor.embedded.folder import Folder, Running
from cpor.embedded.trouble import Trouble

WAITS = 60.0  # for another command on the same folder


def manage(folder: Folder, arguments: list[str]) -> int:
    """Run the command and return its exit code; start the services if none run."""
    folder.prepare()
    running = take_or_join(folder)
    if running:
        return call(arguments, services.owners_environment(folder, running))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with services.started(folder) as own:
        if not own.postgres.admits_application():
            services.migrate(folder, own.running())
        return call(arguments, services.owners_environment(folder, own.running()))


def take_or_join(folder: Folder) -> Running | None:
    """Return what runs on the folder, or None when the folder is ours now."""
    ends = time.monotonic() + WAITS
    while time.monotonic() < ends:
        if folder.take_lock():
            return None
        running = folder.running()
        if running and running.address:
            return running
        time.sleep(0.2)
    raise Trouble(
        f"Another command is at work on {folder.path}: wait until it has ended."
    )


def call(arguments: list[str], environment: dict[str, str]) -> int:
    """Run the command at this terminal; Ctrl-C is for the command alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    arrange = children.ends_with_parent(signal.SIGTERM)

    def before() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if arrange:
            arrange()

    process = subprocess.Popen(
        [sys.executable, services.ROOT / "manage.py", *arguments],
        env=environment,
        preexec_fn=before,  # noqa: PLW1509 -- no threads here
    )
    try:
        code = process.wait()
    finally:
        children.stop(process, by=signal.SIGTERM)
    return code if code >= 0 else 128 - code


def data_argument(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take `--data DIR` or `--data=DIR` out of a command's arguments."""
    rest, data, words = [], None, iter(arguments)
    for word in words:
        if word == "--data":
            data = next(words, None)
            if data is None:
                raise Trouble("--data needs the name of a folder.")
        elif word.startswith("--data="):
            data = word.removeprefix("--data=")
        else:
            rest.append(word)
    return data, rest


def default_data() -> str:
    """Return the data folder of this installation unless another is named."""
    return os.environ.get("CPOR_DATA") or str(services.ROOT / ".data")
