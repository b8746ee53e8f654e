"""Drawn roles in words."""

from service.access import ROLE_NAMES

PARTS = {
    "issuer": "签发人",
    "issuing_officer": "承办执法人员",
    "second_officer": "协办执法人员",
    "document_officer": "文书承办人",
    "visit_leader": "家访组长",
    "persuasion_leader": "劝返组长",
    "mentor": "帮扶教师",
    "closure_applicant": "销号申请人",
    "closure_approver": "销号审批人",
}
"""Parts played in a case, in words."""


def role_name(role: str) -> str:
    """A drawn role in words, whether a post or a part."""
    return ROLE_NAMES.get(role) or PARTS.get(role, role)
