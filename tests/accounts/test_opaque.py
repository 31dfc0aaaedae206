"""Names of rows outside: the same each time, told apart by kind, made by us alone."""

from itertools import pairwise

import pytest
from fido2.utils import websafe_encode
from hypothesis import given
from hypothesis import strategies as st

from accounts.forms import for_allauth
from accounts.opaque import key_behind, opaque

KEYS = st.integers(min_value=0, max_value=2**63 - 1)


@given(KEYS)
def test_a_name_leads_back_to_its_key(key):
    assert key_behind("person", opaque("person", key)) == key


@given(KEYS)
def test_a_name_of_another_kind_names_nothing(key):
    assert key_behind("message", opaque("person", key)) is None


def test_neighbours_look_like_strangers():
    names = [int(opaque("person", key), 16) for key in range(1, 1001)]
    assert len(set(names)) == 1000
    bits = [(one ^ two).bit_count() for one, two in pairwise(names)]
    assert 60 < sum(bits) / len(bits) < 68
    rising = sum(one < two for one, two in pairwise(names))
    assert 400 < rising < 600


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1",
        "x" * 32,
        "0" * 32,
        "ß" * 32,
        " " * 32,
        "+" * 32,
        7,
        None,
        [],
        "a\0" * 16,
    ],
)
def test_what_we_never_gave_names_nothing(name):
    assert key_behind("person", name) is None


def test_a_changed_name_names_nothing():
    name = opaque("person", 5)
    for place in range(32):
        digit = f"{int(name[place], 16) ^ 1:x}"
        changed = name[:place] + digit + name[place + 1 :]
        assert key_behind("person", changed) is None


def test_a_name_outlives_a_change_of_the_secret_key(settings):
    name = opaque("person", 5)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert key_behind("person", name) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert key_behind("person", name) == 5
    assert opaque("person", 5) != name


def handed_in(handle):
    return {"response": {"userHandle": websafe_encode(handle.encode())}, "id": "x"}


def test_a_passkey_names_its_person_and_one_of_the_past_still_does():
    before, now = handed_in("2s"), handed_in(opaque("person", 100))
    assert for_allauth(now) == before == for_allauth(before)
