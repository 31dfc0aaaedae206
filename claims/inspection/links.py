"""Judges where a link or a reference points: harmless, a program, another place."""

import re
from urllib.parse import unquote

# Schemes that hand something to a program or a script instead of showing a page.
_SCHEMES = """
    javascript vbscript livescript data jar view-source mk its mhtml search-ms search
    shell ldap smb onenote onenote-cmd
"""
# What Windows hands to parts of itself: ms-msdt, ms-officecmd, ms-appinstaller …
_OF_WINDOWS = "ms-"
_ACTIVE_SCHEMES = frozenset(_SCHEMES.split())
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]{1,30}):", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufeff]+")
_DRIVE = re.compile(r"[a-z]:", re.IGNORECASE)
_FILE = re.compile(r"file:", re.IGNORECASE)


def _plain(target: str) -> str:
    return _IGNORED.sub("", unquote(target))


def is_active_link(target: str) -> bool:
    """Would following the link run something, rather than show a page or a file?"""
    scheme = _SCHEME.match(_plain(target))
    name = scheme[1].lower() if scheme else ""
    return name in _ACTIVE_SCHEMES or name.startswith(_OF_WINDOWS)


def is_remote(target: str) -> bool:
    """Does the target lie on another computer?

    Programs write local paths into documents everywhere: C:\\..., file:///C:/...,
    /Users/..., the name of a neighbouring file. Shares and addresses are remote.
    """
    path = _plain(target).replace("\\", "/")
    if found := _FILE.match(path):
        return _is_remote_file(path[found.end() :])
    if _DRIVE.match(path) or path.lower().startswith("cid:"):
        return False
    return path.startswith("//") or bool(_SCHEME.match(path))


def _is_remote_file(path: str) -> bool:
    """What stands behind "file:": ///C:/x and //localhost/x are local, //host/x not."""
    slashes = len(path) - len(path.lstrip("/"))
    rest = path.lstrip("/")
    if _DRIVE.match(rest) or rest.lower().startswith(("localhost/", "127.0.0.1/")):
        return False
    return slashes not in {0, 1, 3}
