"""Numbers that carry their own proof: ID numbers, telephone numbers, credit codes. Pure."""

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ID = re.compile(r"\d{17}[\dX]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I O S V Z
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ－：．／＋　", "0123456789XX-:./+ ")


def narrow(text: str) -> str:
    """Full-width digits and signs, as Chinese keyboards type them, turned into plain ones."""
    return text.translate(_WIDE).strip()


def id_problem(number: str) -> str | None:
    """What is wrong with an ID number (18 characters, plain digits), as an instruction; None if nothing is."""
    if len(number) != 18:
        return f"身份证号是 18 位，现在是 {len(number)} 位，请核对"
    if not _ID.fullmatch(number):
        return "身份证号只能有数字，末位可以是 X，请核对"
    if id_birth_date(number) is None:
        return "身份证号第 7 至 14 位不是有效的出生日期，请核对"
    if number[17] != _CHECK[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]:
        return "身份证号末位校验不对，请逐位核对"
    return None


def id_birth_date(number: str) -> date | None:
    """The date of birth inside an ID number, or None where the digits are no date."""
    digits = number[6:14]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def phone_problem(number: str) -> str | None:
    """What is wrong with a telephone number, mobile or fixed line."""
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return None
    digits = sum(sign.isdigit() for sign in number)
    if number.startswith("1") and digits < 11:
        return f"少 {11 - digits} 位数字，手机号是 11 位"
    return "请填写 11 位手机号，或带区号的固定电话"


def credit_code_problem(code: str) -> str | None:
    """What is wrong with a unified social credit code (GB 32100)."""
    if len(code) != 18 or any(sign not in _CREDIT_SIGNS for sign in code):
        return "统一社会信用代码是 18 位数字和大写字母，请核对"
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    if _CREDIT_SIGNS[(31 - total % 31) % 31] != code[17]:
        return "统一社会信用代码末位校验不对，请核对"
    return None


def age_on(born: date, day: date) -> int:
    """Completed years of life on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
