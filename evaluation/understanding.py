"""What the trained engine understands of held-out messages: severity, category, mood, the wish for a human, slots.

`.venv/bin/python -m evaluation.understanding` asks `gongda understand` (the engine itself) and writes dated results.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.tools.measures import auroc, confusions, f1_by_label, macro_f1, share
from evaluation.report import surroundings, table, write
from zhtext.normalize import normalize

QUESTIONS = Path(__file__).parent / "questions"
ROOT = Path(__file__).parents[1]
FLAGS = ("negative", "complaint")
QUOTED = ("phenomenon", "when", "frequency")
NONE = "无"
_OVERLAP = 0.6  # of the characters: the same sentence, cut a little differently
_SHOWN = 25

Rows = Sequence[Mapping[str, Any]]


def main() -> None:
    """Measure and write."""
    situations, wishes, slots = (_read(f"{name}.jsonl") for name in ("situations", "wish", "slots"))
    said = understood([row["text"] for row in (*situations, *wishes, *slots)])
    first, second = len(situations), len(situations) + len(wishes)
    data: dict[str, Any] = {
        "surroundings": surroundings(),
        "situations": judged(situations, said[:first]),
        "wish": wished(wishes, said[first:second]),
        "slots": slotted(slots, said[second:]),
    }
    for name in ("intents", "intents_c"):
        rows = _read(f"{name}.jsonl")
        foreign = _read(f"out_of_scope{name.removeprefix('intents')}.jsonl")
        both = understood([row["text"] for row in (*rows, *foreign)])
        data[name] = intents(rows, both[: len(rows)], foreign, both[len(rows) :])
    path = write(None, "understanding", data, markdown(data))
    print(path.with_suffix(".md").read_text(encoding="utf-8"))


def understood(texts: Sequence[str]) -> Rows:
    """What `gongda understand` says of each."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        command = [sys.executable, "-m", "gongda", "understand", "--in", str(source), "--out", str(target)]
        subprocess.run(command, cwd=ROOT, check=True)
        return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def judged(rows: Rows, said: Rows) -> dict[str, Any]:
    """Priority, category and the flags."""
    texts = [row["text"] for row in rows]
    figures: dict[str, Any] = {"messages": len(rows)}
    for name in ("priority", "category"):
        truth = [row[name] or NONE for row in rows]
        guess = [each[name] or NONE for each in said]
        right = [t == g for t, g in zip(truth, guess, strict=True)]
        figures[name] = {
            "accuracy": share(right),
            "macro_f1": macro_f1(truth, guess),
            "labels": f1_by_label(truth, guess),
            "confusions": confusions(truth, guess, texts, _SHOWN),
        }
    for name in FLAGS:
        figures[name] = _flag([row[name] for row in rows], [each["emotion"][name] for each in said], texts)
    figures["wants_human"] = _flag([row["wants_human"] for row in rows], [each["wants_human"] for each in said], texts)
    return figures


def wished(rows: Rows, said: Rows) -> dict[str, Any]:
    """Recall and false alarms."""
    texts = [row["text"] for row in rows]
    return _flag([row["label"] for row in rows], [each["wants_human"] for each in said], texts)


def slotted(rows: Rows, said: Rows) -> dict[str, Any]:
    """Precision and recall of each slot; quoted ones also by overlap, because a clause can be cut in two ways."""
    names = sorted({name for row in rows for name in row["slots"]})
    return {name: _slot(name, rows, said) for name in names}


def intents(rows: Rows, said: Rows, foreign: Rows, answered: Rows) -> dict[str, Any]:
    """The intents as the tool gives them, and what it takes for out of scope."""
    truth = [row["label"] for row in rows]
    guess = [str(each["intent"]["name"]) for each in said]
    right = [t == g for t, g in zip(truth, guess, strict=True)]
    scripts = {script: [r for r, each in zip(right, said, strict=True) if each["script"] == script]
               for script in ("hans", "hant")}  # fmt: skip
    inside, outside = ([float(each["out_of_scope"]["score"]) for each in side] for side in (said, answered))
    return {
        "messages": len(rows),
        "accuracy": share(right),
        "macro_f1": macro_f1(truth, guess),
        "by_script": {script: {"messages": len(flags), "accuracy": share(flags)} for script, flags in scripts.items()},
        "auroc": auroc(inside, outside),
        "rejected_real": share([bool(each["out_of_scope"]["decision"]) for each in said]),
        "rejected_foreign": share([bool(each["out_of_scope"]["decision"]) for each in answered]),
        "by_ring": _rings(foreign, answered),
        "confusions": confusions(truth, guess, [row["text"] for row in rows], _SHOWN),
    }


def _rings(foreign: Rows, answered: Rows) -> dict[str, float]:
    rings: dict[str, list[bool]] = {}
    for row, each in zip(foreign, answered, strict=True):
        rings.setdefault(row.get("ring") or row.get("label") or "", []).append(bool(each["out_of_scope"]["decision"]))
    return {ring: share(flags) for ring, flags in sorted(rings.items())}


def _flag(truth: Sequence[bool], said: Sequence[bool], texts: Sequence[str]) -> dict[str, Any]:
    pairs = list(zip(truth, said, texts, strict=True))
    return {
        "support": sum(truth),
        "recall": share([s for t, s, _ in pairs if t]),
        "precision": share([t for t, s, _ in pairs if s]),
        "false_alarms": share([s for t, s, _ in pairs if not t]),
        "missed": [text for t, s, text in pairs if t and not s][:_SHOWN],
        "invented": [text for t, s, text in pairs if s and not t][:_SHOWN],
    }


def _slot(name: str, rows: Rows, said: Rows) -> dict[str, Any]:
    wanted = [row["slots"].get(name) for row in rows]
    found = [each["slots"].get(name) for each in said]
    pairs = list(zip(wanted, found, [row["text"] for row in rows], strict=True))
    exact = [_same(w, f) for w, f, _ in pairs if w and f]
    alike = [_overlap(w, f) >= _OVERLAP for w, f, _ in pairs if w and f]
    there, given = sum(1 for w in wanted if w), sum(1 for f in found if f)
    wrong = [{"text": text, "wanted": w, "found": f} for w, f, text in pairs if (w or f) and not _same(w, f)]
    figures = {"support": there, **_rates(sum(exact), there, given), "wrong": wrong[:_SHOWN]}
    if name in QUOTED:
        figures["overlapping"] = _rates(sum(alike), there, given)
    return figures


def _rates(right: int, there: int, given: int) -> dict[str, float]:
    return {"precision": round(right / given, 4) if given else 0.0, "recall": round(right / there, 4) if there else 0.0}


def _same(wanted: str | None, found: str | None) -> bool:
    return _plain(wanted) == _plain(found)


def _plain(value: str | None) -> str:
    return "".join(normalize(value or "").split()).strip("，。,.!！?？ ").casefold()


def _overlap(wanted: str, found: str) -> float:
    """Dice of the characters."""
    one, other = list(_plain(wanted)), list(_plain(found))
    common = sum(min(one.count(char), other.count(char)) for char in set(one))
    return 2 * common / (len(one) + len(other)) if one and other else 0.0


def markdown(data: Mapping[str, Any]) -> str:
    """The report for people."""
    parts = ["# 听懂客户：严重程度、情绪、找人、槽位、意图\n"]
    parts += [_intents_part(name, data[name]) for name in ("intents", "intents_c")]
    s = data["situations"]
    rows: list[Sequence[object]] = [(n, s[n]["accuracy"], s[n]["macro_f1"]) for n in ("priority", "category")]
    parts.append(f"## 严重程度与类别（{s['messages']} 句）\n\n" + table(("项", "准确率", "宏 F1"), rows))
    for name in ("priority", "category"):
        labels = s[name]["labels"].items()
        parts.append(table((name, "精确率", "召回率", "F1", "句数"),
                           [(k, v["precision"], v["recall"], v["f1"], v["support"]) for k, v in labels]))  # fmt: skip
        parts.append(_confused(s[name]["confusions"]))
    flags = {**{n: s[n] for n in (*FLAGS, "wants_human")}, "wish（200 + 200 句）": data["wish"]}
    parts.append("## 情绪、投诉、找人\n\n" + table(
        ("项", "精确率", "召回率", "误认", "句数", "漏掉的例", "误认的例"),
        [(n, f["precision"], f["recall"], f["false_alarms"], f["support"], _few(f["missed"]), _few(f["invented"]))
         for n, f in flags.items()]))  # fmt: skip
    parts.append(_slots_part(data["slots"]))
    parts.append(f"测于 {data['surroundings']['at']}，负载 {data['surroundings']['load_average']}。\n")
    return "\n".join(parts)


def _intents_part(name: str, figures: Mapping[str, Any]) -> str:
    scripts = "，".join(f"{k} {v['accuracy']}（{v['messages']} 句）" for k, v in figures["by_script"].items())
    rings = "，".join(f"{k} {v}" for k, v in figures["by_ring"].items())
    shares = f"准确率 {figures['accuracy']}，宏 F1 {figures['macro_f1']}；{scripts}。"
    lost, kept_out = figures["rejected_real"], figures["rejected_foreign"]
    gate = f"范围外 AUROC {figures['auroc']}，误拒 {lost}，拦住 {kept_out}（{rings}）。"
    head = f"## 意图：{name}（{figures['messages']} 句）"
    return "\n".join([head, "", shares, gate, "", _confused(figures["confusions"])])


def _slots_part(slots: Mapping[str, Any]) -> str:
    rows = []
    for name, f in slots.items():
        near = f.get("overlapping")
        rows.append((name, f["precision"], f["recall"], f"{near['precision']} / {near['recall']}" if near else "",
                     f["support"]))  # fmt: skip
    head = ("槽位", "精确率（一字不差）", "召回率", "大体相同：精确率 / 召回率", "句数")
    return "## 槽位\n\n" + table(head, rows)


def _confused(found: Iterable[Mapping[str, Any]]) -> str:
    rows = [(each["truth"], each["said"], each["count"], _few(each["texts"])) for each in list(found)[:12]]
    return table(("应为", "判成", "次", "例"), rows)


def _few(texts: Sequence[str]) -> str:
    return "；".join(text.replace("|", "/") for text in texts[:3])


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
