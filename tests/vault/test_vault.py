"""Sealed fields: they open only where they were sealed, and equal values are found without being read."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from service.vault import Vault, mask_id_number, mask_name

vault = Vault(bytes(range(32)))
plain = st.text(max_size=40).filter(lambda text: not any(0xD800 <= ord(c) <= 0xDFFF for c in text))
rows = st.integers(min_value=1)


@given(text=plain, row=rows)
def test_what_was_sealed_opens_again_in_its_place(text: str, row: int) -> None:
    assert vault.open(vault.seal(text, "student", "id_number", row), "student", "id_number", row) == text


@given(text=plain, row=rows, other=rows)
def test_a_cell_copied_to_another_row_does_not_open(text: str, row: int, other: int) -> None:
    sealed = vault.seal(text, "student", "id_number", row)

    if row != other:
        with pytest.raises(InvalidTag):
            vault.open(sealed, "student", "id_number", other)


@pytest.mark.parametrize(
    "where", [("student", "phone", 7), ("guardian", "id_number", 7), ("student", "id_number"), ("student/id_number", 77)]
)
def test_a_cell_moved_to_another_column_or_table_does_not_open(where: tuple[object, ...]) -> None:
    with pytest.raises(InvalidTag):
        vault.open(vault.seal("110101201202140018", "student", "id_number", 7), *where)


@given(text=plain, at=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_a_cell_with_one_byte_changed_does_not_open(text: str, at: int, flip: int) -> None:
    sealed = bytearray(vault.seal(text, "student", "id_number", 7))
    sealed[at % len(sealed)] ^= flip

    with pytest.raises(InvalidTag):
        vault.open(bytes(sealed), "student", "id_number", 7)


def test_another_countys_key_opens_nothing_and_finds_nothing() -> None:
    other = Vault(bytes(32))

    with pytest.raises(InvalidTag):
        other.open(vault.seal("x", "student", "id_number", 7), "student", "id_number", 7)
    assert other.index("x") != vault.index("x")


def test_the_same_number_sealed_twice_looks_different_but_is_found_alike() -> None:
    first, second = (vault.seal("11010120120214001x", "student", "id_number", 7) for _ in range(2))

    assert first != second
    assert vault.index(" 11010120120214001x ") == vault.index("11010120120214001X")


@given(one=plain, two=plain)
def test_the_index_tells_different_numbers_apart(one: str, two: str) -> None:
    assert (vault.index(one) == vault.index(two)) == (one.strip().upper() == two.strip().upper())


def test_the_index_does_not_contain_what_it_finds() -> None:
    assert b"110101" not in vault.index("110101201202140018")
    assert len(vault.index("x")) == 16


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(key)


@pytest.mark.parametrize(("name", "shown"), [("张小明", "张**"), ("陈三", "陈*"), ("张", "张*")])
def test_a_masked_name_keeps_the_surname_only(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@given(number=st.text("0123456789X", max_size=18))
def test_a_masked_number_shows_at_most_the_area_and_the_last_four(number: str) -> None:
    shown = mask_id_number(number)

    assert len(shown) == len(number)
    assert "*" in shown or not number
    assert len(shown.replace("*", "")) <= 7
