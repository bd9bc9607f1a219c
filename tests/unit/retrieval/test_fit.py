from dataclasses import replace

import numpy as np
import pytest

from retrieval.asking.decision import Risk
from retrieval.asking.scorer import Scorer
from retrieval.indexing.codes import CodeTable
from retrieval.indexing.encoder import HashEncoder
from retrieval.indexing.indexes import index
from retrieval.knowledge.labels import Labels
from retrieval.learning import fit
from retrieval.learning.fit import fit_fusion
from retrieval.learning.shipped import shipped
from tests.unit.retrieval.corpus import ENTRIES, entry
from zhtext.normalize import normalize

ENCODER = HashEncoder()
ASKED = {
    "报表想存成表格": "how-export", "材料清单想一次传上去": "how-import", "密码不记得了": "how-reset",
    "任务谁先谁后在哪里改": "how-gantt", "页面半天打不开": "faq-slow", "工地照片上传不了": "faq-mobile",
}  # fmt: skip
UNCOVERED = "报表能不能直接发微信群"


class Base:
    """The small corpus, ready to be fitted."""

    def __init__(self, entries=ENTRIES):
        self.scorer, self.codes = Scorer(index(entries, ENCODER)), CodeTable.of(entries)
        self.number = {one.id: place for place, one in enumerate(entries)}

    def fitted(self, labels=None, risk=None):
        return fit_fusion(
            self.scorer, self.codes, ENCODER, risk or Risk(), shipped(), labels or Labels(), self.number
        )  # fmt: skip

    def ranked(self, fused, text):
        """Ids with their probabilities, best first."""
        plain = normalize(text)
        scored = self.scorer.score(self.scorer.evidence(plain, ENCODER.encode_query(plain)))
        order, probabilities = fused.ranked(scored.features)
        ids = {place: name for name, place in self.number.items()}
        return list(zip([ids[owner] for owner in scored.entries[order].tolist()], probabilities.tolist(), strict=True))


@pytest.fixture(scope="module")
def base():
    return Base()


def test_labels_are_counted_together():
    assert len(Labels()) == 0
    assert len(Labels({"a": "x", "b": "x"}, ("c",), {"d": "x", "e": "y"})) == 5


def test_without_labels_the_shipped_cases_and_confidence_rule(base):
    fused, thresholds = base.fitted()

    assert fused.confidence == shipped().fusion.confidence
    assert (thresholds.cases, thresholds.measured) == (0, None)


def test_a_real_uncovered_question_lowers_the_confidence_in_what_it_found(base):
    without, _ = base.fitted(Labels(ASKED))
    with_it, thresholds = base.fitted(Labels(ASKED, (UNCOVERED,)))

    before, after = (dict(base.ranked(fused, UNCOVERED)) for fused in (without, with_it))
    leading = base.ranked(without, UNCOVERED)[:3]
    assert all(after[name] < before[name] for name, _ in leading)
    assert thresholds.cases == len(ASKED) + 1


def test_a_question_with_its_entry_raises_the_confidence_in_it(base):
    question = "任务谁先谁后在哪里改"
    without, _ = base.fitted()
    with_it, _ = base.fitted(Labels({question: "how-gantt"}))

    assert dict(base.ranked(with_it, question))["how-gantt"] > dict(base.ranked(without, question))["how-gantt"]


def test_a_rejected_entry_counts_only_when_it_leads(base):
    question = "报表想要一份表格"
    ranking = [name for name, _ in base.ranked(shipped().fusion, question)]

    leading, trailing = (base.fitted(Labels(rejected={question: name})) for name in (ranking[0], ranking[3]))

    assert leading[1].cases == 1
    assert trailing[1].cases == 0
    assert trailing == base.fitted()
    assert base.ranked(leading[0], question)[0][1] < base.ranked(trailing[0], question)[0][1]


def test_whether_a_rejected_entry_leads_is_for_the_weights_to_say_and_not_for_one_index(base):
    texts = [a + b for a in ("报表", "照片", "密码", "任务", "地址", "文件", "权限", "页面") for b in
             ("怎么批量弄", "打不开", "怎么改", "传不上去", "一直没有返回", "怎么导入", "读不出来怎么办")]  # fmt: skip
    split = []
    for text in texts:
        plain = normalize(text)
        found = base.scorer.score(base.scorer.evidence(plain, ENCODER.encode_query(plain)))
        best = int(found.entries[shipped().fusion.ranked(found.features)[0][0]])
        if best != int(found.entries[0]) and not base.scorer.same_text(plain):
            split.append((text, ENTRIES[best].id, ENTRIES[int(found.entries[0])].id))
    assert split

    for text, leader, other in split[:3]:
        assert base.fitted(Labels(rejected={text: leader}))[1].cases == 1
        assert base.fitted(Labels(rejected={text: other}))[1].cases == 0


def test_a_question_that_has_an_answer_by_now_is_not_rejected_any_more(base):
    question = "报表想存成表格"

    both, asked = (base.fitted(Labels({question: "how-export"}, rejected=rejected))
                   for rejected in ({question: "how-export"}, {}))  # fmt: skip

    assert both == asked


def test_entries_that_are_gone_are_left_aside(base):
    gone = Labels({"怎么弄": "faq-gone"}, (), {"怎么会这样": "faq-gone", "没有编号": ""})

    assert base.fitted(gone) == base.fitted()


def test_questions_that_rules_decide_teach_nothing(base):
    ruled = Labels({"ERROR_403 怎么办": "err-403", "怎么导出报表？": "how-export", "？": "faq-slow"}, ("ERR-9999", ""))

    assert base.fitted(ruled) == base.fitted()


def trials(base, labels):
    return list(fit._real(fit._Bench(base.scorer, base.codes, ENCODER), labels, base.number, shipped().fusion))


def test_no_question_is_judged_by_weights_that_have_seen_its_entry(base):
    asked = trials(base, Labels({"报表另存到电脑": "how-export", **ASKED}))
    misled = [replace(one, right=~one.right) if one.fold == asked[0].fold else one for one in asked[1:]]

    others = [replace(one, right=~one.right) if one.fold != asked[0].fold else one for one in asked[1:]]

    first, same_entry_misled, others_misled = (fit._held_out_cases([asked[0], *some], [], shipped().fusion)
                                               for some in (asked[1:], misled, others))  # fmt: skip

    assert same_entry_misled[0].probabilities == first[0].probabilities != others_misled[0].probabilities
    assert fit._held_out_cases(asked, asked[:1], shipped().fusion)[0].probabilities == first[0].probabilities
    assert len(first) == len(asked)


def test_the_shares_of_the_risk_reach_the_weights(base):
    labels = Labels(ASKED, (UNCOVERED, "发票抬头写错了怎么作废", "考勤机怎么接"))

    rare, common = (base.fitted(labels, Risk(unanswerable=share))[0] for share in (0.05, 0.8))

    for question in ASKED:
        assert base.ranked(common, question)[0][1] < base.ranked(rare, question)[0][1]


def test_the_thresholds_keep_the_whole_risk(base):
    assert base.fitted(risk=Risk(0.1, 0.2, 0.3))[1].risk == Risk(0.1, 0.2, 0.3)


def test_a_base_of_one_entry_is_fitted():
    only = Base((entry("faq-a", "怎么导出报表", similar=("报表如何导出", "导出表格在哪里")),))

    fused, thresholds = only.fitted(Labels({"报表想存成表格": "faq-a"}, ("今天天气",)))

    assert thresholds.cases == 2
    assert all(np.isfinite([*fused.rank.values(), *fused.confidence.values()]))
