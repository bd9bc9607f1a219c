"""What `evaluation.retrieval` found, as tables that a terminal and a Markdown file both show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

NAMES = {
    "ours": "工答",
    "bm25_char": "BM25（字）",
    "bm25_word": "BM25（词）",
    "tfidf_cosine": "TF-IDF 余弦",
    "linear_char": "线性分类器",
    "dense": "只用句向量",
    "rrf": "倒数排名融合",
}
FAULTS = {
    "answered_wrongly": "答错的",
    "unanswerable_answered": "不该答却答了的",
    "choices_without_right": "选项里没有正确条目的",
    "declined": "该答却没答的",
    "unanswerable_choices": "不该给选项却给了的",
}
REASONS = {
    "code": "错误码",
    "exact": "条目里的原话",
    "confident": "有把握",
    "codes_fold_together": "几个错误码写法相同",
    "several_codes": "说了几个错误码",
    "some_codes_unknown": "有的错误码不认识",
    "rivals": "几条都像",
    "vague": "问得太短",
    "unsure": "把握不够",
    "subject": "没说清，但库里有这方面的",
    "version": "要先问版本",
    "empty": "没有文字",
    "unknown_code": "没有这个错误码",
    "policy_only": "只许服务政策作答",
    "no_evidence": "没有像样的依据",
}
_SCRIPTS = {"hans": "简体", "hant": "繁体", "": "未标字体", "none": "不分繁简"}
_KINDS = {"code": "带错误码", "words": "不带错误码"}
INTERVALS = "区间是 95 %：份额按 Wilson，MRR 与 AUROC 按自助抽样；同一条目的几种问法并不独立，真实的略宽"
_FEW = 100  # questions: below it an interval is wider than most differences


@dataclass(frozen=True)
class Section:
    """One table. `bars` are pairs for each row, how long and where a mark stands, for those who can draw."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    after: str = ""
    bars: tuple[tuple[float, float], ...] = field(default=())


def summary(data: Mapping[str, Any]) -> str:
    """What was measured, in one sentence."""
    others = f"，{data['oos']} 个答不了的问题" if data["oos"] else "，没有给答不了的问题"
    return (
        f"{data['entries_published']} 条目，{data['rows']} 行；{data['queries']} 个有答案的问题{others}；"
        f"编码器 {data['encoder']}；直接答的门槛 {_three(data['thresholds']['answer'])}，"
        f"给选项 {_three(data['thresholds']['choices'])}"
    )


def remarks(data: Mapping[str, Any]) -> Iterator[str]:
    """What a reader has to know before believing the figures."""
    yield from _about_entries(data)
    yield from _about_questions(data)
    for name, why in data["peers_left_out"].items():
        yield f"没有比{NAMES[name]}：{why}"


def _about_entries(data: Mapping[str, Any]) -> Iterator[str]:
    lost = data["left_out"]
    if lost:
        shown = "；".join(f"第 {one['line']} 行（{one['id']}）{one['reason']}" for one in lost[:3])
        more = "；……" if len(lost) > 3 else ""
        yield f"{len(lost)} 条没有通过导入，{data['queries_without_their_entry']} 个问题因此注定找不到：{shown}{more}"
    if data["cleaned"].get("contacts"):
        yield f"去掉了 {data['cleaned']['contacts']} 处联系方式；自己的请写进 support.toml 的 [contacts] allow"
    if data["entries_without_answer"]:
        yield f"{data['entries_without_answer']} 条没有答案，只凭问题找；补上答案通常找得更准"


def _about_questions(data: Mapping[str, Any]) -> Iterator[str]:
    for kind, name in (("queries", "有答案的"), ("oos", "答不了的")):
        if data["seen_before"].get(kind):
            yield f"{data['seen_before'][kind]} 个{name}问题与条目里的说法逐字或近似，这部分不算证据"
    if data["seen_by_encoder"]:
        yield f"{data['seen_by_encoder']} 个问题是句向量模型训练时见过的，这部分偏好看"
    if data["asked_held_out"]:
        yield f"条目旁边的真实问法里有 {data['asked_held_out']} 句正是要考的，没有用来定门槛"
    restricted = data["ours"]["reasons"].get("policy_only")
    if restricted:
        yield f"{restricted} 个问题问到价格、退款、法律或承诺，只有 type 写着 policy 的条目可以答，因此没有答"
    if data["queries"] < _FEW:
        yield f"只有 {data['queries']} 个问题，区间会很宽；几百个才分得出高下"


def sections(data: Mapping[str, Any]) -> Iterator[Section]:
    """All tables, in the order in which one reads them."""
    rivals = {"ours": data["ours"], **data["peers"]}
    yield _ranking(rivals, data.get("against_best_peer"))
    yield from _groups(rivals)
    yield _decisions(data)
    yield _apart(rivals, data)
    yield _at_thresholds(data["ours"])
    yield from _calibration(data["ours"]["calibration"], bool(data["oos"]))
    yield _cost(rivals, data["ours"]["memory"])


def _ranking(rivals: Mapping[str, Any], gain: Mapping[str, Any] | None) -> Section:
    rows = tuple(
        (NAMES[name], _three(f["r1"]), span(f["r1_interval"]), _three(f["r3"]), _three(f["r5"]), _three(f["mrr10"]),
         span(f["mrr10_interval"])) for name, f in rivals.items()
    )  # fmt: skip
    after = ""
    if gain:
        low, high = gain["r1_difference"]["interval"]
        after = (
            f"与 R@1 最高的对手（{NAMES[gain['peer']]}）相差 {gain['r1_difference']['mean']:+.3f}"
            f"（同一批问题配对，95 % 区间 {low:+.3f} 至 {high:+.3f}）"
        )
    return Section("找得对不对", ("检索", "R@1", "区间", "R@3", "R@5", "MRR@10", "区间"), rows, after)


def _groups(rivals: Mapping[str, Any]) -> Iterator[Section]:
    ours = rivals["ours"]
    columns = [
        (f"{words.get(name, name)}（{group['n']}）", by, name)
        for by, words in (("by_script", _SCRIPTS), ("by_kind", _KINDS))
        for name, group in _several(ours.get(by)).items()
    ]
    converted = {"r1_converted": "换字体后", "same_first_after_conversion": "换字体首位不变"}
    kept = {key: title for key, title in converted.items() if key in ours}
    if columns or kept:
        rows = tuple(
            (NAMES[name], *(_three(f[by][group]["r1"]) for _, by, group in columns), *(_three(f[key]) for key in kept))
            for name, f in rivals.items()
        )
        yield Section("分组 R@1", ("检索", *(title for title, _, _ in columns), *kept.values()), rows)


def _several(groups: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Groups worth showing: one alone is everything."""
    return groups if groups and len(groups) > 1 else {}


def _decisions(data: Mapping[str, Any]) -> Section:
    ours = data["ours"]
    groups = {"有答案的": ours}
    groups |= {_SCRIPTS.get(name, name): group for name, group in _several(ours.get("decisions_by_script")).items()}
    groups |= {_KINDS[name]: group for name, group in _several(ours.get("decisions_by_kind")).items()}
    rows = [
        (name, str(g["n"]), percent(g["answered"]), percent(g["wrong_of_answered"]),
         percents(g["wrong_of_answered_interval"]), percent(g["choices"]), percent(g["choices_hit"]),
         percent(g["declined"])) for name, g in groups.items()
    ]  # fmt: skip
    after = ""
    if data["oos"]:
        answered, offered, declined = (percent(ours[f"oos_{name}"]) for name in ("answered", "choices", "declined"))
        rows.append(("答不了的", str(data["oos"]), answered, "–", "–", offered, "–", declined))
        after = (
            f"全部回答中答错（答了答不了的也算错）{percent(ours['wrong_of_all_answered'])}"
            f"（{percents(ours['wrong_of_all_answered_interval'])}）"
        )
        after += "".join(f"；{ring} 不答 {percent(x)}" for ring, x in ours.get("oos_declined_by_ring", {}).items())
    head = ("问题", "数", "直接答", "其中答错", "区间", "给选项", "含正确", "不答")
    return Section("工答怎么判定", head, tuple(rows), after)


def _apart(rivals: Mapping[str, Any], data: Mapping[str, Any]) -> Section:
    covered = "coverage_at_5_percent_wrong_in_hindsight"
    if not data["oos"]:
        rows: tuple[tuple[str, ...], ...] = tuple((NAMES[name], percent(f[covered])) for name, f in rivals.items())
        return Section("分数有没有用", ("检索", "最多能答"), rows, _HINDSIGHT)
    rows = tuple(
        (NAMES[name], percent(f[covered]), _three(f["oos_auroc"]), span(f["oos_auroc_interval"]),
         percent(f["oos_rejection_at_95"]), percents(f["oos_rejection_at_95_interval"])) for name, f in rivals.items()
    )  # fmt: skip
    head = ("检索", "最多能答", "AUROC", "区间", "拦下", "区间")
    alone = (
        f"{_HINDSIGHT}。AUROC：分不分得开能答与答不了的；只看长短（越短越像答不了的）就有 "
        f"{_three(data['oos_auroc_of_length_alone'])}。拦下：放过 95 % 能答的问题时，拦住多少答不了的"
    )
    return Section("分数有没有用", head, rows, alone)


_HINDSIGHT = "最多能答：门槛在这批问题上事后挑、答错不超过 5 % 时，答得了多少；对谁都偏好看"


def _at_thresholds(ours: Mapping[str, Any]) -> Section:
    rows = tuple(
        (_three(row["threshold"]) + ("（现用）" if row["shipped"] else ""), percent(row["coverage"]),
         percent(row["risk"]), str(row["answers"])) for row in ours["at_thresholds"]
    )  # fmt: skip
    after = "只按概率算；实际判定还看错误码、并列的对手和问题是否太短"
    return Section("门槛放在别处会怎样", ("概率门槛", "有答案的答了", "答的里面错", "答了几个"), rows, after)


def _calibration(found: Mapping[str, Any], with_others: bool) -> Iterator[Section]:
    names = {"all": "全部问题，答不了的算错", "answerable": "只看有答案的"}
    for key, name in names.items():
        if key == "answerable" or with_others:
            bins = found[key]["bins"]
            yield Section(
                f"概率可不可信（{name}）",
                ("平均概率", "实际正确", "问题数"),
                tuple((_three(one["mean"]), _three(one["right"]), str(one["n"])) for one in bins),
                f"校准误差 ECE {_three(found[key]['ece'])}；按概率从低到高等分，由错误码决定的不算",
                tuple((one["right"], one["mean"]) for one in bins),
            )


def _cost(rivals: Mapping[str, Any], memory: Mapping[str, float] | None) -> Section:
    rows = tuple(
        (NAMES[name], f"{f['p50_ms']:.2f}", f"{f['p95_ms']:.2f}", f"{f['cpu_ms']:.2f}", f"{f['build_seconds']:.1f}")
        for name, f in rivals.items()
    )
    after = (
        f"工答单独一个进程只载入索引并回答：内存峰值 {memory['peak_mb']:.0f} MB（其中程序本身 "
        f"{memory['program_mb']:.0f} MB），载入 {memory['load_seconds']:.1f} 秒"
        if memory
        else "内存没有量到：单独的进程没有起来"
    )
    return Section("代价", ("检索", "p50 毫秒", "p95 毫秒", "CPU 毫秒", "构建 秒"), rows, after)


def faults(data: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What went wrong, by kind, with the questions."""
    errors = data["ours"]["errors"]
    return ((title, errors[key]) for key, title in FAULTS.items() if key in errors)


def percent(value: float | None) -> str:
    """A share for people; a dash for one of nothing."""
    return "–" if value is None else f"{100 * value:.1f} %"


def percents(interval: tuple[float, float] | None) -> str:
    """An interval of a share."""
    return "–" if interval is None else f"{100 * interval[0]:.1f}–{100 * interval[1]:.1f} %"


def span(interval: tuple[float, float] | None) -> str:
    """An interval of anything else."""
    return "–" if interval is None else f"{_three(interval[0])}–{_three(interval[1])}"


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
