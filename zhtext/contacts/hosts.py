"""Names of hosts: what stands before the first slash of a link, and whether it leads outside.

Nowhere lead private and documentation networks (as `ipaddress` knows them), names without a dot, the reserved names
of RFC 2606 and RFC 6762, and the identifiers of XML vocabularies, which nobody visits.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Tuple

_AUTHORITY = re.compile(r"^(?:[^/?#\\]*@)?(\[[0-9a-f:.]+\]|[^/?#:\\]*)(?::[0-9]*)?(.*)$", re.IGNORECASE | re.DOTALL)
_LAST_LABEL = re.compile(r"[^\W\d_]{2,24}|xn--[a-z0-9\-]+")
_RESERVED = frozenset(
    {
        "local",
        "localhost",
        "localdomain",
        "test",
        "example",
        "invalid",
        "internal",
        "lan",
        "intranet",
        "corp",
        "home",
        "arpa",
    }
)
_FILES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "html", "htm", "xlsx", "docx", "pdf"})  # logo@2x.png
_EXAMPLES = re.compile(r"(?:^|\.)example\.(?:com|net|org|cn|com\.cn)$")
_VOCABULARIES = re.compile(
    r"(?:www\.w3\.org|schemas\.(?:microsoft|openxmlformats|xmlsoap|android)\.(?:com|org)|json-schema\.org|ns\.adobe\.com|purl\.org)"
)
_PLACEHOLDER = re.compile(r"[x.*]+")


def split(address: str) -> Tuple[str, str]:
    """Host in lower case and path, of an address without its scheme; user names and the port are left out.

    A backslash counts as a slash, as browsers read it (WHATWG URL, special schemes), and always after the host comes
    a path or a query: nothing of them can pass for a part of the name.
    """
    match = _AUTHORITY.match(address)
    host, path = match.groups() if match else (address, "")
    path = path.replace("\\", "/").rstrip("/")
    return host.lower().strip("."), path if path[:1] in ("", "/", "?", "#") else f"/{path}"


def leads_outside(host: str) -> bool:
    """Whether a host (lower case) may be somebody's on the public network."""
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        pass
    last = host.rpartition(".")[2]
    if "." not in host or last in _RESERVED | _FILES or not _LAST_LABEL.fullmatch(last):
        return False
    return not (_EXAMPLES.search(host) or _VOCABULARIES.fullmatch(host) or _PLACEHOLDER.fullmatch(host))
