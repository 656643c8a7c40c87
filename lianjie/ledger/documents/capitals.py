"""Amounts in Chinese capitals, which cannot be altered by a stroke.

Source: the rules for filling in bills and settlement vouchers (正确填写票据和结算凭证的基本规定): whole yuan
and jiao end in 整; zeros inside a number are read once; a missing jiao before fen is read 零.
"""

SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖"
TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = {True: ("", "萬", "億"), False: ("", "万", "亿")}
LARGEST_FEN = 10**14 - 1


def capital_yuan(fen: int, *, traditional: bool = False) -> str:
    """`fen` in capitals: 123 405 -> 壹仟贰佰叁拾肆元零伍分.

    Raises ValueError beyond 999,999,999,999.99 yuan, which no cooperative holds.
    """
    if abs(fen) > LARGEST_FEN:
        raise ValueError(f"{fen} fen cannot be written in capitals")
    digits = TRADITIONAL if traditional else SIMPLIFIED
    yuan, rest = divmod(abs(fen), 100)
    jiao, last = divmod(rest, 10)
    sign = ("負" if traditional else "负") if fen < 0 else ""
    text = f"{_whole(yuan, digits, GROUPS[traditional])}元" if yuan or not rest else ""
    if jiao:
        text += f"{digits[jiao]}角"
    elif yuan and last:
        text += digits[0]
    return sign + text + (f"{digits[last]}分" if last else "整")


def _whole(yuan: int, digits: str, groups: tuple[str, ...]) -> str:
    if not yuan:
        return digits[0]
    text = ""
    skipped = False
    for at in range(len(groups) - 1, -1, -1):
        group = yuan // 10 ** (4 * at) % 10_000
        if not group:
            skipped = bool(text)
            continue
        if text and (skipped or group < 1000):
            text += digits[0]
        text += _group(group, digits) + groups[at]
        skipped = False
    return text


def _group(number: int, digits: str) -> str:
    text, zero = "", False
    for at in (3, 2, 1, 0):
        digit = number // 10**at % 10
        if digit:
            text += (digits[0] if zero and text else "") + digits[digit] + PLACES[at]
            zero = False
        else:
            zero = True
    return text
