"""docs/security.md names only tests that exist, and its table is current."""

import ast
import re

import pytest

from cpor.embedded.services import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+(?:\.py)?/?)(?:::(\w+))?`", PAGE)))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=map("::".join, NAMED))
def test_each_test_that_is_named_exists(file, test):
    path = ROOT / file

    assert path.exists()
    if test:
        found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        assert test in {
            each.name for each in found if isinstance(each, ast.FunctionDef)
        }


def test_each_requirement_names_a_test():
    rows = re.findall(r"^\| (V\d[^|]*)\|[^|]*\|([^|]*)\|$", PAGE, flags=re.MULTILINE)

    assert len(rows) > 30
    assert [number for number, tests in rows if "`tests/" not in tests] == []
