"""Numbers that prove themselves, against a second, naive reading of the standard."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.forms import identity

AREAS = st.from_regex(r"[1-6][0-9]{5}", fullmatch=True)
BIRTHS = st.dates(date(1900, 1, 1), date(2030, 1, 1))
ORDERS = st.from_regex(r"[0-9]{3}", fullmatch=True)


def naive_last(body: str) -> str:
    """GB 11643: the weight of place i is 2^(17-i) mod 11; the eighteenth makes the sum one modulo eleven."""
    total = sum(int(digit) * (2 ** (17 - place)) for place, digit in enumerate(body))
    return next("0123456789X"[check] for check in range(11) if (total + check) % 11 == 1)


def number(area: str, born: date, order: str) -> str:
    body = f"{area}{born:%Y%m%d}{order}"
    return body + naive_last(body)


@given(AREAS, BIRTHS, ORDERS)
def test_a_true_number_passes_and_every_single_slip_is_caught(area: str, born: date, order: str) -> None:
    true = number(area, born, order)

    assert identity.id_problem(true) is None
    assert identity.id_birth_date(true) == born
    for place in range(17):
        slipped = true[:place] + str((int(true[place]) + 1) % 10) + true[place + 1 :]
        assert identity.id_problem(slipped) is not None


@given(AREAS, BIRTHS, ORDERS, st.sampled_from("0123456789X"))
def test_the_last_sign_is_the_only_one_that_passes(area: str, born: date, order: str, last: str) -> None:
    body = f"{area}{born:%Y%m%d}{order}"

    assert (identity.id_problem(body + last) is None) == (last == naive_last(body))


@pytest.mark.parametrize("wrong", ["", "53011120120314", "5301112012031400AB", "530111201213140018", "53011120120229001X", "X" * 18])
def test_what_is_no_id_number_is_told_what_to_do(wrong: str) -> None:
    assert "请" in (identity.id_problem(wrong) or "")


@given(st.text("0123456789-+ x", max_size=14))
def test_a_telephone_number_is_a_mobile_or_a_fixed_line(text: str) -> None:
    right = re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}", text) is not None

    assert (identity.phone_problem(text) is None) == right


def test_a_missing_digit_is_counted() -> None:
    assert identity.phone_problem("1388720617") == "少 1 位数字，手机号是 11 位"


@pytest.mark.parametrize(
    ("code", "right"), [("91350100M000100Y43", True), ("91350100M000100Y44", False), ("91350100I000100Y43", False), ("123", False)]
)
def test_a_credit_code_has_its_check_sign(code: str, right: bool) -> None:
    assert (identity.credit_code_problem(code) is None) is right


def test_full_width_digits_are_digits() -> None:
    assert identity.narrow("１３８８７２０６１７１　") == "13887206171"


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 8000))
def test_an_age_is_the_number_of_birthdays(born: date, days: int) -> None:
    day = date.fromordinal(born.toordinal() + days)
    birthdays = sum((year, born.month, born.day) <= (day.year, day.month, day.day) for year in range(born.year + 1, day.year + 1))

    assert identity.age_on(born, day) == birthdays
