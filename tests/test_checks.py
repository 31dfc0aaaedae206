"""One line for each check, and what a failed one says."""

import sys

import pytest

from cpor import checks
from cpor.embedded.trouble import Trouble
from cpor.translations import compile_translations


def test_every_check_runs_and_a_failed_one_fails_the_whole(capsys):
    says = [sys.executable, "-c", "print('all is well')"]
    fails = [sys.executable, "-c", "print('line 7'); raise SystemExit(2)"]

    code = checks.run(
        [checks.Command("first", fails), checks.Command("second", says)], at_once=2
    )

    assert code == 1
    assert capsys.readouterr().out == "FAILED  first\nline 7\nok      second\n"


def test_a_check_sees_a_database_and_what_it_asks_for(capsys):
    code = "import os; assert os.environ['DATABASE_URL'] and os.environ['A'] == 'b'"

    assert checks.run([one(code, A="b")], at_once=1) == 0
    assert capsys.readouterr().out == "ok      one\n"


def one(code, **environment):
    return checks.Command("one", [sys.executable, "-c", code], environment)


def test_the_deployment_is_checked_as_production():
    deployment = next(each for each in checks.checks() if each.name == "deployment")

    assert deployment.environment["CPOR_ENV"] == "production"
    assert "--deploy" in deployment.words


def test_tests_that_fail_are_not_measured(monkeypatch):
    calls = []

    def call(words):
        calls.append(words[3])
        return words[3] == "run"

    monkeypatch.setattr(checks, "call", call)

    assert checks.test([]) == 1
    assert calls == ["erase", "run"]


def test_only_a_whole_run_is_shared_out(monkeypatch):
    calls = []

    def call(words):
        calls.append(words[6:])
        return words[3] == "run"

    monkeypatch.setattr(checks, "call", call)

    checks.test([])
    checks.test(["tests/test_checks.py"])

    assert calls[1::2] == [
        ["-n", "logical", "--dist", "loadfile"],
        ["tests/test_checks.py"],
    ]


def test_a_whole_run_must_reach_both_bounds_of_coverage(monkeypatch):
    calls = []

    def call(words):
        calls.append(words[3:])
        return 0

    monkeypatch.setattr(checks, "call", call)

    assert checks.test([]) == 0

    core = ["report", "--include", ",".join(checks.CORE), "--fail-under", "100"]
    assert calls[-2:] == [["report"], core]


def test_translations_are_compiled_only_when_they_have_changed(tmp_path):
    source = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Claim"\nmsgstr "Antrag"\n')

    first, second = compile_translations(tmp_path), compile_translations(tmp_path)

    assert [first, second] == [[source.with_suffix(".mo")], []]
    assert b"Antrag" in first[0].read_bytes()


def test_the_tests_can_be_run_in_another_time_zone(monkeypatch):
    told = []
    monkeypatch.setattr(checks, "call", lambda words: told.append(words) or 1)
    monkeypatch.setattr(checks.os, "environ", {})

    checks.test(["--zone", "Pacific/Kiritimati", "tests/test_run.py"])

    there = {"CPOR_TEST_ZONE": "Pacific/Kiritimati", "TZ": "Pacific/Kiritimati"}
    assert checks.os.environ == there
    assert told[-1][-2:] == ["pytest", "tests/test_run.py"]
    with pytest.raises(Trouble, match="“Atlantis” is no time zone"):
        checks.test(["--zone", "Atlantis"])
