"""Invented children have names and numbers that hold."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.forms.identity import id_birth_date, id_problem
from service.seed.pupils import Registrar, id_number


@given(st.dates(date(2005, 1, 1), date(2022, 12, 31)), st.integers(0, 5000))
def test_an_invented_id_number_passes_every_check_and_tells_the_birthday(born, serial):
    number = id_number(born, serial)

    assert id_problem(number) is None
    assert id_birth_date(number) == born


def test_no_two_children_share_a_name_or_the_number_of_their_birthday():
    registrar = Registrar(3)
    children = [registrar.child(grade=8, school_year=2025, class_id=1, village_id=1) for _ in range(500)]
    numbers = [id_number(child.born, registrar.serial(child.born)) for child in children]

    assert len({child.name for child in children}) == len(children)
    assert len(set(numbers)) == len(numbers)
    assert all(date(2011, 9, 1) <= child.born <= date(2012, 8, 31) for child in children)


def test_the_same_seed_gives_the_same_children():
    one, other = ([Registrar(5).child(grade=1, school_year=2026, class_id=1, village_id=1)] for _ in range(2))

    assert one == other
