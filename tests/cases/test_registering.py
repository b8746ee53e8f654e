"""Who may tell a case what happened, at every door alike (DOMAIN e.1.1)."""

import pytest

from service.cases import events
from service.errors import Forbidden
from tests.cast import County


def test_every_event_names_who_may_register_it() -> None:
    assert set(events.WHO) == set(events.BY_PERSON)
    assert set(events.STAGE_OF) <= set(events.BY_PERSON)


@pytest.mark.parametrize(
    ("event", "who"),
    [
        ("deceased", "王敏"),
        ("completed", "王敏"),
        ("transfer_confirmed", "何芳"),
        ("data_error", "陈刚"),
        ("return_claimed", "陈刚"),
        ("missing", "罗军"),
        ("penalty_statement", "王敏"),
        ("remedy_filed", "李静"),
        ("hold", "高洁"),
        ("home_teaching_approved", "王敏"),
    ],
)
def test_an_event_from_a_post_that_does_not_answer_for_it_is_refused_and_leaves_no_trace(suspected: County, event: str, who: str) -> None:
    before = len(suspected.events())
    with pytest.raises(Forbidden):
        suspected.tell(event, who, note="听说的")

    assert len(suspected.events()) == before


@pytest.mark.parametrize("who", ["王敏", "李静", "何芳", "田勇"])
def test_whoever_sees_the_case_may_report_danger(suspected: County, who: str) -> None:
    suspected.tell("danger_found", who, note="身上有伤")

    assert "CP10_T01" in suspected.open()


def test_what_is_offered_may_be_registered(suspected: County) -> None:
    for who in ("王敏", "李静", "何芳", "高洁", "许宏"):
        actor, case = suspected.actor(who), suspected.file()
        for event in events.offered(actor, case):
            assert events.may_register(actor, event)
    assert events.offered(suspected.actor("许宏"), suspected.file()).count("hold") == 1
    assert "penalty_statement" not in events.offered(suspected.actor("高洁"), suspected.file())
