# SPDX-License-Identifier: Apache-2.0
"""Keys of sources. What the door answers to them is in test_ingest_door.py."""

from hypothesis import given
from hypothesis import strategies as st

from api.auth import Pusher, hash_of, new_key


def test_keys_are_long_recognisable_and_never_the_same() -> None:
    keys = {new_key() for _ in range(200)}
    assert len(keys) == 200
    assert all(key.startswith("tck_") and len(key) == 47 for key in keys)


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_stored_is_a_hash_of_the_key_and_not_the_key(key: str) -> None:
    assert len(hash_of(key)) == 32
    assert hash_of(key) == hash_of(key) != hash_of(key + "x")


def test_a_star_covers_every_layer_and_a_name_only_itself() -> None:
    assert Pusher("a", ("*",)).may_push("incidents")
    assert Pusher("a", ("incidents",)).may_push("incidents")
    assert not Pusher("a", ("incidents",)).may_push("cameras")
