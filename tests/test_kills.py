"""Nothing is lost and nothing done twice, whoever is killed; see tests/stress.py."""

import pytest

from tests import stress

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_programs_and_a_flushed_broker_change_nothing(tmp_path):
    stress.survive(
        claims=120,
        kills=8,
        folder=str(tmp_path),
        who={"worker": 1, "beat": 2, "sweeper": 2},
        seconds=240,
    )


def test_without_any_beat_ten_sweepers_come_to_the_same_end(tmp_path):
    stress.survive(
        claims=100, kills=0, folder=str(tmp_path), who={"sweeper": 10}, seconds=240
    )
