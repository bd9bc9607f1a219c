from __future__ import annotations

import fcntl
from dataclasses import replace
from datetime import timedelta

import pytest

from kb_ingest.errors import AlreadyPublishing, NoSuchBuild, NothingToPublish
from kb_ingest.lint.finding import Finding
from kb_ingest.publishing import Question, Source, publish, roll_back
from kb_ingest.publishing.gate import objections
from kb_ingest.publishing.replay import Change, Outcome, Replayed
from retrieval.asking.decision import Risk
from retrieval.building import store
from retrieval.indexing.encoder import HashEncoder
from retrieval.learning.fitted import risk_of
from tests.unit.retrieval.corpus import ENTRIES, NOW, entry

PINNED = (Question("提示没有权限访问该功能", "err-403"), Question("怎么导出报表", "how-export"))
THIEF = entry("faq-thief", "怎么导出报表", similar=("提示没有权限访问该功能",), answer="请联系我们的合作伙伴。")


def published(root, entries=ENTRIES, minutes=0, **more):
    return publish(Source(tuple(entries)), HashEncoder(), root, now=NOW + timedelta(minutes=minutes), **more)


def without(*ids):
    return tuple(one for one in ENTRIES if one.id not in ids)


def test_the_first_publication_serves_and_says_what_is_in_it(tmp_path):
    done = published(tmp_path, questions=PINNED)

    assert done.published
    assert store.current(tmp_path) == done.report.build_id
    assert len(done.report.difference.new) == len(ENTRIES)
    assert done.report.to_json()["counts"]["pinned"] == 2


def test_a_bad_entry_that_steals_pinned_questions_is_refused_and_the_old_build_serves_on(tmp_path):
    first = published(tmp_path)

    done = published(tmp_path, (*without("how-export"), replace(ENTRIES[5], id="how-export", similar=(), question="报表导出在哪里", title="报表导出在哪里"), THIEF), 1, questions=PINNED)  # fmt: skip

    assert not done.published
    assert [(objection.reason, objection.limit) for objection in done.report.objections] == [("stolen", 0)]
    assert store.current(tmp_path) == first.report.build_id
    assert store.finished(tmp_path) == [first.report.build_id]


def test_a_reason_overrules_the_refusal_and_is_kept_in_the_report(tmp_path):
    published(tmp_path)

    done = published(tmp_path, (*without("err-403"), THIEF, replace(ENTRIES[0], question="没权限", similar=(), title="没权限", code=None)), 1, questions=PINNED, overrule="旧条目说错了")  # fmt: skip

    assert done.published
    assert done.report.objections
    assert done.report.overruled == "旧条目说错了"


def test_a_fault_in_an_entry_refuses_and_a_warning_does_not(tmp_path):
    def found(level):
        return lambda entries, retriever: [Finding("dead_link", level, (entries[0].id,), "没有这个条目")]

    assert not published(tmp_path, check=found("error")).published
    assert published(tmp_path, check=found("warning")).published


def test_a_retired_entry_takes_its_pinned_questions_along(tmp_path):
    published(tmp_path)

    done = published(tmp_path, without("how-export"), 1, questions=PINNED)

    assert done.published
    assert {change.verdict for change in done.report.replayed.changes} == {"gone"}
    assert done.report.difference.gone == ("how-export",)


def test_the_table_shows_the_answers_that_change_and_only_those(tmp_path):
    published(tmp_path)
    reworded = replace(ENTRIES[5], answer="在【报表中心】点【导出】。")

    done = published(tmp_path, (*without("how-export"), reworded), 1, questions=(*PINNED, Question("怎么导入材料清单")))

    assert [(change.question.text, change.verdict) for change in done.report.replayed.changes] == [
        ("怎么导出报表", "reworded")
    ]


def test_weights_are_fitted_again_only_where_something_that_counts_has_changed(tmp_path):
    risks = (None, None, Risk(refused=0.2), Risk(refused=0.2))

    refitted = [published(tmp_path, minutes=n, risk=risk).report.refitted for n, risk in enumerate(risks)]

    assert refitted == [True, False, True, False]
    assert risk_of(tmp_path / store.current(tmp_path)) == Risk(refused=0.2)


def test_what_people_have_said_reaches_the_build(tmp_path):
    said = Source(ENTRIES, {"报表想存成表格": "how-export"}, ("今天天气怎么样",), {"密码不记得了呢": "how-reset"})

    done = publish(said, HashEncoder(), tmp_path, now=NOW)

    fitted = store.load(tmp_path / done.report.build_id).fitted
    assert fitted.labels == len(said.labels) == 3
    assert fitted.thresholds.cases == 3


def test_nothing_approved_is_nothing_to_publish(tmp_path):
    with pytest.raises(NothingToPublish, match="没有一条"):
        published(tmp_path, ())


def test_one_publication_at_a_time(tmp_path):
    with (tmp_path / ".publishing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AlreadyPublishing, match="正在进行"):
            published(tmp_path)
        with pytest.raises(AlreadyPublishing):
            roll_back(tmp_path)
    assert published(tmp_path).published


def test_rolling_back_serves_the_build_before_and_again_the_one_before_that(tmp_path):
    builds = [published(tmp_path, ENTRIES[: 10 + n], n).report.build_id for n in range(3)]

    assert roll_back(tmp_path) == (builds[2], builds[1])
    assert roll_back(tmp_path) == (builds[1], builds[0])
    assert store.current(tmp_path) == builds[0]
    with pytest.raises(NoSuchBuild, match="无法回退"):
        roll_back(tmp_path)


def test_a_build_that_was_gone_back_from_is_not_gone_back_to_by_itself(tmp_path):
    good, bad = (published(tmp_path, ENTRIES[: 10 + n], n).report.build_id for n in range(2))
    roll_back(tmp_path)
    mended = published(tmp_path, ENTRIES, 2).report.build_id

    assert roll_back(tmp_path) == (mended, good)
    assert roll_back(tmp_path, bad)[1] == bad


def test_a_named_build_is_gone_back_to_only_if_it_has_served(tmp_path):
    first = published(tmp_path).report.build_id
    last = published(tmp_path, ENTRIES[:11], 1).report.build_id

    with pytest.raises(NoSuchBuild, match="nobody-knows"):
        roll_back(tmp_path, "nobody-knows")
    with pytest.raises(NoSuchBuild, match="正在使用"):
        roll_back(tmp_path, last)
    assert roll_back(tmp_path, first) == (last, first)


def replayed(pinned, verdicts, recent_answered=0, recent_lost=0):
    nothing = Outcome("decline", ())
    changes = [Change(Question("问", "a"), nothing, nothing, verdict) for verdict in verdicts]
    changes += [Change(Question("问"), nothing, nothing, "lost")] * recent_lost
    return Replayed(tuple(changes), pinned, recent_answered, recent_answered)


@pytest.mark.parametrize(
    ("seen", "reasons"),
    [
        (replayed(200, ["lost"] * 2 + ["weaker"] * 10), []),
        (replayed(200, ["lost"] * 3), ["lost"]),
        (replayed(200, ["weaker"] * 11), ["weaker"]),
        (replayed(200, ["stolen"]), ["stolen"]),
        (replayed(200, ["better", "reworded", "gone"]), []),
        (replayed(0, [], recent_answered=100, recent_lost=5), []),
        (replayed(0, [], recent_answered=100, recent_lost=6), ["recent_lost"]),
        (replayed(0, [], recent_answered=10, recent_lost=4), []),
    ],
)
def test_the_gate_counts(seen, reasons):
    assert [objection.reason for objection in objections(seen, ())] == reasons
