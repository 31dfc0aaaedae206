"""What run.py hands over to: `run` the product, or `manage` it."""

import argparse
import sys
from pathlib import Path

from cpor.embedded.folder import Folder
from cpor.embedded.manage import data_argument, default_data, manage
from cpor.embedded.supervisor import run
from cpor.embedded.trouble import Trouble

HIGHEST_PORT = 65535


def main(arguments: list[str]) -> int:
    """Do what the first word says; return the exit code."""
    name, *rest = arguments or ["run"]
    try:
        if name == "manage":
            data, words = data_argument(rest)
            return manage(Folder(Path(data or default_data())), words)
        options = run_options(rest)
        run(Folder(options.data), port=options.port, with_demo=not options.empty)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    return 0


def run_options(arguments: list[str]) -> argparse.Namespace:
    """Read what `run` may be told."""
    parser = argparse.ArgumentParser(prog="run.py run")
    parser.add_argument("--port", type=port, default=8000, metavar="N")
    parser.add_argument(
        "--data", type=Path, default=Path(default_data()), metavar="DIR"
    )
    parser.add_argument("--empty", action="store_true", help="without demo data")
    return parser.parse_args(arguments)


def port(text: str) -> int:
    """Read a port number."""
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(
            f"{text} is no port: give a number between 1 and {HIGHEST_PORT}."
        )
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
