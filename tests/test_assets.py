"""The front end's files are copied and drawn only when something changed."""

import json

import pytest

from cpor import assets


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree in which npm has installed one small file for each that is copied."""
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    for name, place in {
        "MODULES": "node_modules",
        "VENDOR": "static/vendor",
        "ICONS": "static/icons.txt",
        "LOCK": "package-lock.json",
        "INSTALLED": "node_modules/.package-lock.json",
        "WHEEL": ".tools/node",
    }.items():
        monkeypatch.setattr(assets, name, tmp_path / place)
    for name in assets.FILES:
        write(assets.MODULES / name, "code()\n//# sourceMappingURL=code.js.map\n")
    write(
        assets.MODULES / "@tabler/icons/icons/outline/check.svg",
        f'<svg a="b">\n {assets.EMPTY_FRAME}\n <path d="M5 12l5 5l10 -10" />\n</svg>',
    )
    write(assets.ICONS, "check\n")
    write(assets.LOCK, json.dumps({"packages": {"": {}, "a": {"version": "1"}}}))
    write(assets.INSTALLED, json.dumps({"packages": {"a": {"version": "1"}}}))
    return tmp_path


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_files_are_copied_without_naming_a_map_that_is_not_there(tree):
    assert assets.main() == 0

    copied = (assets.VENDOR / "tabler.min.js").read_text()
    font = (assets.VENDOR / "inter/inter-latin-wght-normal.woff2").read_text()
    assert copied == "code()\n"
    assert "sourceMappingURL" in font  # a font is no text: not touched


def test_icons_are_drawn_into_one_sprite(tree):
    assets.main()

    sprite = (assets.VENDOR / "icons.svg").read_text()
    assert sprite.count("<symbol") == 1
    assert '<symbol id="icon-check" viewBox="0 0 24 24"' in sprite
    assert '><path d="M5 12l5 5l10 -10" /></symbol>' in sprite


def test_an_icon_that_does_not_exist_is_one_sentence(tree, capsys):
    write(assets.ICONS, "check no-such-icon\n")

    assert assets.main() == 1
    assert capsys.readouterr().err == (
        "The front end could not be prepared: there is no icon no-such-icon;"
        " see static/icons.txt.\n"
    )


def test_nothing_is_done_when_nothing_has_changed(tree):
    assets.main()
    (assets.VENDOR / "icons.svg").unlink()

    assert assets.main() == 0
    assert not (assets.VENDOR / "icons.svg").exists()

    write(assets.ICONS, "check\n\n")
    assert assets.main() == 0
    assert (assets.VENDOR / "icons.svg").exists()


def test_node_is_asked_for_when_packages_are_missing_and_there_is_no_npm(
    tree, monkeypatch
):
    assets.INSTALLED.unlink()
    monkeypatch.setenv("PATH", str(tree))

    assert assets.main() == assets.NEEDS_NODE


def test_an_npm_too_old_to_read_the_lock_counts_as_none(tree, monkeypatch):
    assets.INSTALLED.unlink()
    npm = tree / "npm"
    write(npm, "#!/bin/sh\necho 6.14.4\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tree}:/bin")

    assert assets.main() == assets.NEEDS_NODE


def test_what_npm_says_is_passed_on(tree, monkeypatch, capsys):
    assets.INSTALLED.unlink()
    npm = tree / "npm"
    write(
        npm,
        "#!/bin/sh\n[ $1 = -v ] && echo 10.1 || { echo error no route >&2; false; }",
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tree}:/bin")

    assert assets.main() == 1
    assert capsys.readouterr().err == (
        "The front end could not be prepared: npm says: error no route\n"
    )
