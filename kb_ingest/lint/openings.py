"""Answers that begin with a bare 请重启: the customer has done that, or would lose the unsaved work by it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb_ingest.lint.corpus import Corpus
from kb_ingest.lint.finding import ERROR, Finding, name
from zhtext.normalize import normalize

CHECK = "bare_restart"
_MARKS = re.compile(r"^(?:\s|\*\*[^*]{1,8}\*\*\s*:?|[-*+#>]|\d+[.、)]|(?:处理|解决)?(?:步骤|办法|方法)\s*:)*")
_CLAUSE = re.compile("[,。;!?]")
_POLITE = "请|麻烦|建议|可以|可|您|你|先|试着|试试|尝试|首先|一般|只需|需要|再"
_THING = (
    "一下|一次|电脑|计算机|手机|平板|软件|系统|程序|客户端|桌面端|服务器|服务端|服务|浏览器|设备|机器|平台|app"
    "|即可|就行|就好|试试看|试试|看看|再试|后|再|试|或"
)
_BARE = re.compile(rf"(?:{_POLITE})*(?:重启|重开机?|重新启动|重新开机|关机重启)(?:{_THING}|\s)*", re.IGNORECASE)
# 重启电脑，让驱动生效: it says what for.
_REASON = re.compile("^(?:让|使|以便|以使|这样|因为|目的|才能|用来)")


def check(corpus: Corpus) -> Iterator[Finding]:
    """Answers, variants and workarounds whose first words are to restart something, and not why."""
    for entry in corpus.entries:
        if any(map(is_bare_restart, entry.shown)):
            message = f"{name(entry)} 一上来就让人重启：先写原因和怎么保住没保存的内容，重启放到后面并写清重启什么"
            yield Finding(CHECK, ERROR, (entry.id,), message)


def is_bare_restart(answer: str) -> bool:
    """Whether the first clause of an answer says nothing but to restart."""
    lines = (_MARKS.sub("", normalize(line)) for line in answer.splitlines())
    first, _, rest = _CLAUSE.sub("\n", next(filter(None, lines), ""), count=1).partition("\n")
    return bool(_BARE.fullmatch(first.strip())) and not _REASON.match(rest)
