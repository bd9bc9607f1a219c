"""The Markdown of `evaluation.intents`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from evaluation.report import foot, table


def markdown(data: Mapping[str, Any]) -> str:
    """Tables for all pipelines, then what ours gets wrong."""
    pipelines: Mapping[str, Any] = data["pipelines"]
    first = next(iter(pipelines))
    parts = [
        "# 意图识别：同一批数据、同一次运行\n\n",
        f"训练 {data['train']} 句，测试 {data['test']} 句（其中 {data['test_seen_before']} 句在训练数据里有",
        "逐字或近似的说法），",
        f"范围外 {data['oos']} 句，问知识库的 {data['knowledge']} 句。\n\n",
        _accuracy(pipelines),
        "\n## 范围外（阈值只在训练数据上选）\n\n" + _out_of_scope(pipelines),
        "\n## 代价（CPU 时间，单线程；交错分块）\n\n" + _cost(pipelines),
        "\n## 繁简\n\n" + _scripts(pipelines),
        "\n## 问知识库的话能否到达检索\n\n" + _routing(pipelines),
        "\n## 想找人工\n\n" + _wishes(pipelines),
        f"\n## {first} 最常混淆的\n\n" + _confusions(pipelines[first]),
        f"\n## {first} 最弱的意图\n\n" + _weakest(pipelines[first]),
        f"\n## {first} 没拦住的范围外\n\n" + _accepted(pipelines[first]),
        foot(dict(data)),
    ]
    return "".join(parts)


def _accuracy(pipelines: Mapping[str, Any]) -> str:
    head = ("流水线", "准确率", "95 % 区间", "宏 F1", "没见过的说法：准确率", "宏 F1", "拒答后仍对")
    rows = [(name, p["accuracy"], "{:.3f}–{:.3f}".format(*p["accuracy_interval"]), p["macro_f1"],
             p["new_wording"]["accuracy"], p["new_wording"]["macro_f1"], p["accuracy_after_rejection"])
            for name, p in pipelines.items()]  # fmt: skip
    return table(head, rows)


def _out_of_scope(pipelines: Mapping[str, Any]) -> str:
    rings = sorted({ring for p in pipelines.values() for ring in p["oos"]["rejected_by_ring"]})
    head = (
        "流水线",
        "AUROC",
        "阈值",
        "误拒真实问题",
        "拦住范围外",
        *rings,
        "事后恰好误拒 5 % 时拦住",
        "按自带判定：误拒",
        "拦住",
    )
    rows = [(name, o["auroc"], o["threshold"], o["in_scope_rejected"], o["rejected"],
             *(o["rejected_by_ring"].get(ring) for ring in rings), o["rejected_at_5_in_hindsight"],
             o["by_itself"]["in_scope_rejected"], o["by_itself"]["rejected"])
            for name, o in ((name, p["oos"]) for name, p in pipelines.items())]  # fmt: skip
    return table(head, rows)


def _cost(pipelines: Mapping[str, Any]) -> str:
    head = ("流水线", "CPU ms/句", "p50", "p95", "墙钟 p50", "p95", "训练 CPU s", "训练峰值 MB", "加载 CPU s",
            "服务内存 MB", "峰值 MB")  # fmt: skip
    rows = [(name, p["cpu_ms_per_message"], p["cpu_ms"]["p50"], p["cpu_ms"]["p95"], p["wall_ms"]["p50"],
             p["wall_ms"]["p95"], p["training"]["cpu_seconds"], p["training"]["peak_rss_mb"], p["load_cpu_seconds"],
             p.get("rss_mb"), p.get("peak_rss_mb")) for name, p in pipelines.items()]  # fmt: skip
    return table(head, rows)


def _scripts(pipelines: Mapping[str, Any]) -> str:
    head = ("流水线", "原文", "句数", "准确率", "转成另一种字后", "意图不变")
    rows = [(name, script, s["messages"], s["accuracy"], s["accuracy_in_other_script"], s["same_intent"])
            for name, p in pipelines.items() for script, s in p["by_script"].items()]  # fmt: skip
    return table(head, rows)


def _routing(pipelines: Mapping[str, Any]) -> str:
    rows = [(name, k["reach_retrieval"], k["declined_as_out_of_scope"], len(k["taken_for_something_else"]))
            for name, k in ((name, p["knowledge"]) for name, p in pipelines.items())]  # fmt: skip
    return table(("流水线", "到达检索", "当作范围外", "当作别的（句）"), rows)


def _wishes(pipelines: Mapping[str, Any]) -> str:
    rows = [(name, w["heard"], w["heard_or_callback"], w["false"], _some(m["text"] for m in w["missed"]),
             _some(w["invented"])) for name, w in ((name, p["wishes"]) for name, p in pipelines.items())]  # fmt: skip
    return table(("流水线", "听出来", "含当作回电", "误认", "漏掉的例", "误认的例"), rows)


def _some(texts: Iterable[str]) -> str:
    return "；".join(islice(texts, 3))


def _confusions(pipeline: Mapping[str, Any]) -> str:
    rows = [(c["truth"], c["said"], c["count"], "；".join(c["texts"][:3])) for c in pipeline["confusions"]]
    return table(("应为", "判成", "次", "例"), rows)


def _weakest(pipeline: Mapping[str, Any]) -> str:
    ordered = sorted(pipeline["per_label"].items(), key=lambda item: item[1]["f1"])[:12]
    return table(("意图", "精确率", "召回率", "F1"), [(n, f["precision"], f["recall"], f["f1"]) for n, f in ordered])


def _accepted(pipeline: Mapping[str, Any]) -> str:
    rows = [(a["ring"], a["text"], a["said"], a["score"]) for a in pipeline["accepted_oos"]]
    return table(("环", "文本", "判成", "范围外分数"), rows)
