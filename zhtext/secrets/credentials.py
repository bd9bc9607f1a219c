"""Passwords, keys and tokens, and connection strings that carry them.

A password is known by the word before it, a key also by the prefix its issuer gives it. What follows the word must
look like a value: 密码是多少, 密码至少 10 位 and 密码：必填 give nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhtext.secrets.found import Found

# db.master_password: whole from its beginning, or, when it is longer than any, from its last part.
_PREFIX = r"(?:(?<![A-Za-z0-9_.\-])(?:[A-Za-z0-9]{1,40}[_\-.]){1,6}|(?<![A-Za-z]))"
_WORDS = rf"密码|密碼|口令|暗号|验证码|驗證碼|动态码|授权码|提取码|{_PREFIX}(?:password|passwd|passphrase|pwd|passcode|pin)(?![A-Za-z])"
_KEYS = (
    rf"密钥|金鑰|秘钥|{_PREFIX}(?:(?:access|api|app|secret|auth|private|client|refresh|session)[_\-]?(?:key|token|secret|id(?==))"
    r"|appsecret|secret|token|jsessionid|cookie|sessionid|signature)(?![A-Za-z])"
)
_SAYS = r"[\"'”’*`]{0,2}\s{0,2}(?:[:：=＝]|是|为|為|改成|改为|设成|设为|重置为|重置成|就是|叫|->|→)\s{0,2}"
_BAR = r"[\"'”’*`]{0,2}\s{0,40}\|\s{0,40}"  # between two cells of a table
_QUOTE = r"[\"'“‘「`*<]{0,2}"
_VALUE = r"[!#-&(-+\--;=?-_a-~]{3,128}"  # printable ASCII without quotes, commas, < and >
_SPOKEN = re.compile(
    rf"(?:{_WORDS})(?:{_SAYS}{_QUOTE}|{_BAR}(?P<cell>){_QUOTE}|(?P<bare>\s{{0,2}}))(?P<value>{_VALUE})", re.IGNORECASE
)
_KEYED = re.compile(
    rf"(?:{_KEYS})(?:{_SAYS}{_QUOTE}|{_BAR}(?P<cell>){_QUOTE}(?=\S{{16}})|\s{{1,2}}(?=\S{{16}}))(?P<value>{_VALUE})",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    rf"(?:{_WORDS}){_SAYS}(?P<quote>[\"'“‘「])(?P<value>[^\"'”’」\n［]{{3,128}})[\"'”’」]", re.IGNORECASE
)
_PAIR = re.compile(
    rf"(?:账号密码|帐号密码|帳號密碼|用户名密码|账号/密码|用户名/密码|賬號密碼)(?:{_SAYS}|\s)[!-~]{{2,64}}?\s?[/／,，、]\s?(?P<value>{_VALUE})"
)
_OPTION = re.compile(rf"(?<!\S)(?:--password|--passwd|--token|--secret)[ =](?P<value>{_VALUE})")
_XML = re.compile(r"<(?P<tag>password|passwd|pwd|token|secret)>(?P<value>[^<\s]{3,128})</", re.IGNORECASE)
_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:(?<![_\-])eyJ[A-Za-z0-9_\-]{8,}|eyJ[A-Za-z0-9_\-]{8,400})\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*)?"  # JSON web token
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_\-]{16,}|sk-[A-Za-z0-9_\-]{16,}|xox[abprs]-[A-Za-z0-9\-]{10,}"
    r"|AKIA[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12,}|AKID[A-Za-z0-9]{13,}|AIza[A-Za-z0-9_\-]{30,})"
)
_BEARER = re.compile(r"(?<![A-Za-z])(?:Bearer|Basic)\s+(?P<value>[A-Za-z0-9._~+/\-]{8,}={0,2})")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_USER_INFO = re.compile(
    r"(?<![A-Za-z0-9])[a-z][a-z0-9+.\-]{1,20}://(?P<value>[^\s/@:\"'<>]{0,64}:[^\s/@\"'<>]{1,128})(?=@)", re.IGNORECASE
)

# What stands there instead of a value: a unit after a number (10 位), a rule, a type, a mask, one of our own labels.
_NO_VALUE = re.compile(
    r"(?:null|none|true|false|string|varchar|required|optional|empty|yes|no|ok|error|incorrect|invalid|expired|failed|wrong|is|field|policy|reset|must|should)$"
    r"|[*.xX•·\-_/\\,;:!?()+=\[\]]+$|［",
    re.IGNORECASE,
)
_RANGE = re.compile(r"[0-9]{1,4}(?:[\-~][0-9]{1,4})?")
# In a table a type, an algorithm, a code or a length may stand beside the word: varchar(64), SHA-256, ERR-1042, 8-16.
_NO_CELL = re.compile(
    r"[a-z_0-9]+\([0-9,]*\)?$|(?:n?varchar2?|char|int|nchar)[0-9]*$|(?:SHA|AES|RSA|SM|MD|HS|RS|base)-?[0-9]{1,3}$"
    r"|[A-Z]{2,5}-[0-9]{3,5}$|[0-9]{1,3}$|[0-9]{1,4}[\-~][0-9]{1,4}$|[><=]|https?:",
    re.IGNORECASE,
)
_TELLING = re.compile(r"[0-9@#$%^&!]|^(?:admin|root|password|qwerty|guest|test|welcome|letmein)$", re.IGNORECASE)
_NEXT_FIELD = re.compile(r"[;&](?=\s?[A-Za-z_ ]{1,30}=|$)")
_UNIT = re.compile(r"\s?(?:位|天|次|个|個|分钟|分鐘|小时|小時|秒|字符|字元|级|月|年|条|-|~|到|至)")
_CLOSING = "\"'`*,.;:!?)]}|"
_QUESTION = re.compile(r"\s?(?:过期|错误|失效|无效|不对|不正确|怎么|吗)")


def credentials(text: str) -> Iterator[Found]:
    """Keys, tokens, passwords and the user part of connection strings."""
    for match in _PRIVATE_KEY.finditer(text):
        yield Found("token", *match.span())
    for match in _USER_INFO.finditer(text):
        yield Found("connection", *match.span("value"))
    for match in _ISSUED.finditer(text):
        yield Found("token", *match.span())
    for match in _BEARER.finditer(text):
        yield Found("token", *match.span("value"))
    for match in _QUOTED.finditer(text):
        if not _NO_VALUE.match(match["value"]) and _TELLING.search(match["value"]):
            yield Found("password", *match.span("value"))
    for match in _XML.finditer(text):
        yield Found("token" if match["tag"].lower() in ("token", "secret") else "password", *match.span("value"))
    for kind, patterns in (("password", (_PAIR, _OPTION, _SPOKEN)), ("token", (_KEYED,))):
        for pattern in patterns:
            yield from _values(kind, pattern, text)


def _values(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Found]:
    for match in pattern.finditer(text):
        value = _NEXT_FIELD.split(match["value"])[0].rstrip(_CLOSING)  # Password=x;Database=y, token=x&y=z
        start = match.start("value")
        groups = match.groupdict()
        cell = groups.get("cell") is not None
        if cell and _NO_CELL.match(value):
            continue
        bare = cell or groups.get("bare") is not None
        if len(value) >= 3 and _is_value(text, value, start + len(value), bare):
            yield Found(kind, start, start + len(value))


def _is_value(text: str, value: str, end: int, bare: bool) -> bool:
    """`bare`: nothing but a blank between word and value, or the bar of a table, so a mere word (password protected) is none."""
    if _NO_VALUE.match(value) or _QUESTION.match(text, end):
        return False
    if bare and (value[0] in "-_./" or not _TELLING.search(value)):
        return False
    return not (_RANGE.fullmatch(value) and _UNIT.match(text, end))
