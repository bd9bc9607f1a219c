"""Links, hosts named without a scheme, and e-mail addresses, in plain or disguised spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhtext.contacts.contact import Found
from zhtext.contacts.hosts import leads_outside, split

_BODY = r"[^\s<>\"'`()|\\^{}\[\]\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uff00-\uffef]"  # Chinese ends a link
_SLASHES = re.compile(r"[/\\／]{2}")
_URL = re.compile(
    rf"(?<![A-Za-z0-9])(?:h[tx]{{1,2}}ps?|ftps?)\s?[:：]\s?[/\\／]{{2}}\s?((?:(?:www\.)?[\u4e00-\u9fff]{{1,40}}\.(?:中国|公司|网络|com|cn|net)|{_BODY}){_BODY}*(?:\\{_BODY}*)?)",
    re.IGNORECASE,
)

# Ends of names. The second row needs a hint beside it: they end names of files, packages and properties as well.
_SURE = "com|cn|net|org|hk|tw|cc|top|vip|icu|ltd|biz|asia|mobi|wang|中国|公司|网络"
_UNSURE = "xyz|info|io|me|co|club|site|online|store|shop|tech|link|live|work|pro|app|ai|dev|tv|ink|fun|art|ren|group|cloud|name|us|jp|uk"
_LIKE_DOTS = "。｡·•∙⋅点點"
_IN_BRACKETS = r"[\[(（【]\s?(?:dot|点|點|\.)\s?[\])）】]"
_DOT = rf"(?:\.|\s\.\s|\s?(?:[{_LIKE_DOTS}]|{_IN_BRACKETS})\s?)"
# Begins with one set of caseless signs, which `re` looks for fast; what else belongs to the dot is looked at later.
_ENDING = re.compile(
    rf"[.{_LIKE_DOTS}\])）】]\s?(?=[a-z中公网])(?P<tld>{_SURE}|{_UNSURE})(?![A-Za-z0-9_\-])(?!\.[A-Za-z_])",
    re.IGNORECASE,
)
_DOT_BEFORE = re.compile(rf"{_DOT}$", re.IGNORECASE)
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9\-]*(?:{_DOT}[A-Za-z0-9\-]+)*$", re.IGNORECASE)
_CHINESE = re.compile(
    rf"(?<![A-Za-z0-9.])www\.[A-Za-z0-9\-]{{0,20}}[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z0-9\-]{{0,40}}\.(?:{_SURE})(?![A-Za-z0-9_\-])",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(rf"(?::[0-9]{{1,5}})?(?:[/?#]{_BODY}*)?")
_HINT = re.compile(r"(?:网址|網址|官网|官網|网站|網站|域名|访问|訪問|主页|主頁|进入|進入|//)[:：是为為\s“\"]{0,4}$")
_PART_OF_PATH = re.compile(r"[A-Za-z0-9_.:~\-][/\\]$|[@_.\-\\$]$")
# ASP.NET, java.net, window.top, main.cc: names of programs, packages, properties and files.
_NO_SITES = frozenset(
    {
        "asp",
        "vb",
        "ado",
        "ml",
        "java",
        "system",
        "microsoft",
        "paint",
        "command",
        "window",
        "self",
        "parent",
        "margin",
        "padding",
        "offset",
        "rect",
        "body",
        "main",
        "test",
    }
)
_PACKAGES = frozenset({"com", "org", "net", "io", "java", "javax"})

_SURES = frozenset(_SURE.split("|"))

_AT = re.compile(
    r"@|[\[(（【]\s?(?:at|@|艾特)\s?[\])）】]|艾特|#(?=(?:qq|163|126|gmail|sina|foxmail|outlook)[.。点])", re.IGNORECASE
)
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}\s?$")
_MAIL_HOST = re.compile(
    rf"\s?([A-Za-z0-9][A-Za-z0-9\-]*(?:{_DOT}[A-Za-z0-9\-]+)*{_DOT}[A-Za-z]{{2,18}})(?![A-Za-z0-9\-])", re.IGNORECASE
)

_DOTS = re.compile(_DOT, re.IGNORECASE)
_TRAILING = ".,;:!?~*_-&="
_BACK = 80  # characters looked at before the ending of a name


def urls(text: str) -> Iterator[Found]:
    """Links with their scheme."""
    if not _SLASHES.search(text):
        return
    for match in _URL.finditer(text):
        written = match.group(1).rstrip(_TRAILING)
        host, path = split(written)
        if leads_outside(host):
            yield "url", match.start(), match.start(1) + len(written), host + path


def emails(text: str) -> Iterator[Found]:
    """Mail addresses, also those written with [at] and (dot)."""
    for sign in _AT.finditer(text):
        user = _USER.search(text[max(0, sign.start() - 65) : sign.start()])
        host = _MAIL_HOST.match(text, sign.end())
        if user and host and leads_outside(_host(host.group(1))):
            start = sign.start() - len(user.group())
            yield "email", start, host.end(), f"{user.group().strip()}@{_host(host.group(1))}".lower()


def hosts(text: str) -> Iterator[Found]:
    """Names of hosts without a scheme, with what follows the slash."""
    for named in _CHINESE.finditer(text):
        after = _after(text, named.end())
        yield "url", named.start(), named.end() + len(after), named.group().lower() + split(f"x{after}")[1]
    last = 0  # a host within a path belongs to it, and looking at it again would cost the square of the path
    for ending in _ENDING.finditer(text):
        if ending.start() < last:
            continue
        from_ = max(0, ending.start() - _BACK)
        dot = _DOT_BEFORE.search(text[from_ : ending.start("tld")])
        name = _NAME.search(text[from_ : from_ + dot.start()]) if dot else None
        if dot is None or name is None:
            continue
        start = from_ + name.start()
        host, slash = _host(text[start : ending.end()]), text.startswith("/", ending.end())
        if leads_outside(host) and _is_site(text[from_:start], host, dot.group() == ".", ending["tld"], slash):
            written = _after(text, ending.end())
            last = ending.end() + len(written)
            yield "url", start, ending.end() + len(written), host + split(f"x{written}")[1]


def _is_site(before: str, host: str, plain: bool, tld: str, slash: bool) -> bool:
    """Whether such a name is meant to be visited, and is no file, package or program."""
    first, *others = host.split(".")
    if first == "www" or before.endswith("//"):
        return True
    if _PART_OF_PATH.search(before) or (len(others) == 1 and first in _NO_SITES):
        return False
    sure = tld.lower() in _SURES
    if not plain:
        return sure and tld.islower()
    if sure:
        return tld.lower() in ("com", "cn", "org") or (tld == tld.lower() and first not in _PACKAGES)
    return bool(_HINT.search(before)) or slash


def _after(text: str, place: int) -> str:
    """Port, path and query that stand there."""
    match = _AFTER_NAME.match(text, place)
    return match.group().rstrip(_TRAILING) if match else ""


def _host(written: str) -> str:
    return _DOTS.sub(".", written).lower()
