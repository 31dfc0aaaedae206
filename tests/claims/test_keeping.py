"""Contents equal their hashes, nothing lies about, the check goes on where it was."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pgtrigger
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.utils import timezone

from claims import evidence, keeping, vault
from claims.models import Evidence, Fault, KeepingFault, KeepingRun
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A storage of the test's own: others leave contents lying about."""
    options = {"location": tmp_path, "base_url": None}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "claims.storage.DurableFolder", "OPTIONS": options},
    }
    return tmp_path


def attached(claim, mark="", now=NOW):
    content = factories.PDF + b"%" + mark.encode()
    upload = ContentFile(content, name=f"proof{mark}.pdf")
    return evidence.attach(claim=claim, by=claim.created_by, upload=upload, now=now)


def path_of(file):
    return Path(default_storage.path(file.content.name))


def verified(now=NOW, most=100):
    run = keeping.open_run(now=now, anew=True)
    return keeping.go_on(run=run, now=now, most_files=most, most_seconds=60)


def faults():
    return sorted(keeping.open_faults().values_list("name", "what"))


def lay(folder, name, written_at=NOW):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"somebody's content")
    os.utime(path, (written_at.timestamp(), written_at.timestamp()))
    return path


# --- Names ---------------------------------------------------------------------------


def test_a_content_is_named_by_its_hash_and_nobody_can_guess_the_name():
    claim = factories.draft(files=0)
    file = attached(claim)
    assert file.content.name == vault.name_for(claim.partner_id, file.sha256)
    assert file.sha256 not in file.content.name
    assert path_of(file).read_bytes() == factories.PDF + b"%"


def test_no_name_tells_that_a_rival_has_the_same_file():
    ours, theirs = (attached(factories.draft(files=0)) for _ in range(2))
    assert ours.sha256 == theirs.sha256
    assert ours.content.name != theirs.content.name


def test_the_same_file_on_two_claims_of_a_company_lies_there_once():
    claim = factories.draft(files=0)
    other = factories.draft(by=claim.created_by, files=0)
    first, second = attached(claim), attached(other)
    assert first.content.name == second.content.name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda act, robust=False: act())
        evidence.remove(evidence=first, by=claim.created_by, now=NOW)
        assert path_of(second).exists()
        evidence.remove(evidence=second, by=claim.created_by, now=NOW)
    assert not path_of(second).exists()


def test_a_damaged_content_is_neither_overwritten_nor_relied_upon():
    claim = factories.draft(files=0)
    first = attached(claim)
    path_of(first).write_bytes(b"rotten")
    second = attached(factories.draft(by=claim.created_by, files=0))
    assert second.content.name == f"{first.content.name}-1"
    assert path_of(first).read_bytes() == b"rotten"
    assert vault.digest_of(second.content.name).sha256 == first.sha256


def test_a_name_is_taken_only_once_however_late_the_second_comes(folder):
    default_storage.save("evidence/aa/name", ContentFile(b"first"))
    with pytest.raises(vault.Unavailable), vault.reaching():
        default_storage._save(  # noqa: SLF001 - past the look whether it is there
            "evidence/aa/name", ContentFile(b"second")
        )
    assert (folder / "evidence/aa/name").read_bytes() == b"first"
    assert list((folder / "incoming").iterdir()) == []


def test_the_database_moves_no_content():
    file = attached(factories.draft(files=0))
    for change in ({"content": "evidence/00/other"}, {"content": ""}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Evidence.objects.filter(pk=file.pk).update(**change)


def test_contents_are_private_to_the_house(folder):
    path = path_of(attached(factories.draft(files=0)))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )
    assert list((folder / "incoming").iterdir()) == []


def test_contents_of_an_earlier_naming_get_the_new_name(folder):
    claim = factories.draft(files=0)
    file = attached(claim)
    old = f"evidence/{claim.pk}/{file.public_id}"
    lay(folder, old).write_bytes(path_of(file).read_bytes())
    path_of(file).unlink()
    with pgtrigger.ignore("claims.Evidence:content_stays_where_it_is"):
        Evidence.objects.filter(pk=file.pk).update(content=old)

    assert keeping.rename_old() == 1

    file.refresh_from_db()
    assert file.content.name == vault.name_for(claim.partner_id, file.sha256)
    assert vault.digest_of(file.content.name).sha256 == file.sha256
    assert keeping.rename_old() == 0
    later = timezone.now() + 2 * DAY
    assert list(keeping.orphans(now=later)) == [old]


# --- The check ------------------------------------------------------------------------


def test_a_run_finds_what_is_missing_and_what_has_changed():
    claim = factories.draft(files=0)
    _whole, missing, changed = (attached(claim, mark) for mark in "abc")
    path_of(missing).unlink()
    path_of(changed).write_bytes(b"something else")

    sitting = verified()

    assert (sitting.files, sitting.is_done) == (3, True)
    expected = [(missing.content.name, "missing"), (changed.content.name, "changed")]
    assert faults() == sorted(expected)
    run = KeepingRun.objects.get()
    assert (run.files, run.is_open, run.finished_at) == (3, False, NOW)


def test_a_fault_is_listed_once_and_goes_when_it_is_mended():
    file = attached(factories.draft(files=0))
    content = path_of(file).read_bytes()
    path_of(file).unlink()
    verified(NOW)
    verified(NOW + DAY)
    assert KeepingFault.objects.get().found_at == NOW

    path_of(file).write_bytes(content)
    verified(NOW + 2 * DAY)
    assert faults() == []
    assert KeepingFault.objects.get().mended_at == NOW + 2 * DAY


def test_a_run_that_was_stopped_goes_on_where_it_was():
    claim = factories.draft(files=0)
    for mark in "abcde":
        attached(claim, mark)
    first = verified(NOW, most=2)
    assert (first.files, first.is_done) == (2, False)
    assert keeping.open_run(now=NOW + DAY) == KeepingRun.objects.get()
    second = verified(NOW + timedelta(minutes=5), most=3)
    third = verified(NOW + timedelta(minutes=10))
    assert (second.files, third.files, third.is_done) == (3, 0, True)
    assert Evidence.objects.filter(verified_at=None).count() == 0
    assert KeepingRun.objects.get().files == 5


def test_the_next_run_begins_the_next_night():
    verified(NOW)
    assert keeping.open_run(now=NOW + timedelta(hours=12)) is None
    assert keeping.open_run(now=NOW + timedelta(hours=24)) is not None


def test_a_content_without_a_file_is_found_and_deleted_once_it_is_old(folder):
    kept = attached(factories.draft(files=0))
    os.utime(path_of(kept), (0, 0))
    old = lay(folder, "evidence/ab/old", NOW - 2 * DAY)
    young = lay(folder, "evidence/ab/young", NOW - timedelta(hours=1))

    verified()
    assert faults() == [("evidence/ab/old", "orphan")]
    assert old.exists()

    assert keeping.delete_orphans(now=NOW) == ["evidence/ab/old"]
    assert (old.exists(), young.exists(), path_of(kept).exists()) == (False, True, True)
    assert faults() == []


def test_no_age_is_short_enough_to_delete_an_upload_under_way(folder):
    young = lay(folder, "evidence/ab/young", NOW - timedelta(minutes=59))
    assert keeping.delete_orphans(now=NOW, age=timedelta(0)) == []
    assert young.exists()


def test_a_content_that_got_its_file_meanwhile_is_not_given_up():
    file = attached(factories.draft(files=0))
    assert not vault.give_up(file.content.name)
    assert path_of(file).exists()


def test_one_content_that_cannot_be_read_does_not_hold_the_others_up():
    claim = factories.draft(files=0)
    unreadable, other = (attached(claim, mark) for mark in "ab")
    path_of(unreadable).unlink()
    path_of(unreadable).mkdir()  # reading a folder is an error of the storage
    path_of(other).unlink()
    assert verified().is_done
    names = unreadable.content.name, other.content.name
    expected = [(names[0], "unreadable"), (names[1], "missing")]
    assert faults() == sorted(expected)


def test_a_storage_that_answers_nothing_leaves_the_run_open():
    claim = factories.draft(files=0)
    for mark in "abcde":
        file = attached(claim, mark)
        path_of(file).unlink()
        path_of(file).mkdir()
    with pytest.raises(vault.Unavailable):
        verified()
    assert faults() == []
    assert KeepingRun.objects.get().is_open


def test_the_command_reports_and_fails():
    claim = factories.draft(files=0)
    file = attached(claim)
    out = StringIO()
    call_command("verify_evidence", stdout=out)
    assert "1 files read" in out.getvalue()
    path_of(file).unlink()
    with pytest.raises(CommandError, match="1 faults found"):
        call_command("verify_evidence", stdout=out)
    assert f"{file.content.name} ({claim.number}): The content is missing." in (
        out.getvalue()
    )
    assert Fault.MISSING in dict(faults()).values()
