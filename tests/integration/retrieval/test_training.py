import gzip
import json

import pytest

from retrieval.indexing.encoder import StaticEncoder
from retrieval.training import knowledge, text
from retrieval.training.__main__ import main

TOPICS = ("导入", "导出", "备份", "登录", "审批", "报表", "合同", "预算", "考勤", "模型", "归档", "权限")


def write(path, rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def section(number, lang, wording):
    topic = TOPICS[number % len(TOPICS)]
    body = (
        f"{wording}{topic}的第 {number} 节说明。先打开菜单，再检查{topic}的设置是否完整。"
        f"最后保存并重新查看{topic}的结果。"
    )
    return {"title": f"{wording}{topic} {number // 3}", "heading": f"{topic}步骤 {number}", "body": body, "lang": lang,
            "set": "manual", "tt": "HT", "key": f"k{number}"}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "text"
    made.mkdir()
    write(made / "sections_manual_zh-CN.jsonl.gz", [section(number, "zh-CN", "数据库") for number in range(600)])
    write(made / "sections_manual_zh-TW.jsonl.gz", [section(number, "zh-TW", "資料庫") for number in range(600)])
    write(made / "parallel_headings.jsonl.gz", [{"cn": "默认定价", "tw": "預設定價"}, {"cn": "实际值", "tw": "實際值"}])
    write(made / "paraphrase_pawsx.jsonl.gz", [
        {"a": "他先来", "b": "先来的是他", "label": 1, "split": "train"},
        {"a": "他先来", "b": "他后来", "label": 0, "split": "train"},
        {"a": "只在测试里", "b": "只在测试里的", "label": 1, "split": "test"},
    ])  # fmt: skip
    write(made / "dialogue_pairs.jsonl.gz", [{"q": "怎么打包", "a": "看文档"}])
    return made


@pytest.fixture
def entries(tmp_path):
    made = tmp_path / "kb"
    made.mkdir()
    lines = [
        f"- id: e{number}\n  title: {topic}问题\n  question: {topic}怎么办\n  similar:\n"
        + "".join(f"  - 第{n}种{topic}的问法\n" for n in range(10))
        for number, topic in enumerate(TOPICS)
    ]
    (made / "faq.yml").write_text("".join(lines), encoding="utf-8")
    return made


def test_missing_text_is_said_plainly(tmp_path, capsys):
    assert main(["--text", str(tmp_path), "--out", str(tmp_path / "model")]) == 2

    assert "Pass its path with --text" in capsys.readouterr().err


def test_a_small_run_gives_a_model_that_serves(folder, entries, tmp_path):
    out = tmp_path / "model"

    assert main(["--text", str(folder), "--kb", str(entries), "--out", str(out), "--steps", "30"]) == 0

    encoder = StaticEncoder(out)
    near = encoder.encode_query("数据库备份") @ encoder.encode_query("備份資料庫")
    far = encoder.encode_query("数据库备份") @ encoder.encode_query("考勤")
    figures = json.loads((out / "training.json").read_text(encoding="utf-8"))
    assert near > far
    assert encoder.has_seen("导入怎么办？") or encoder.has_seen("登录怎么办？")
    assert set(figures["heading_to_body"]) == {"encoder", "bm25_char", "sum"}


def test_pages_are_held_out_in_both_scripts(folder):
    sections = text.read(folder).sections

    held_out = [{s.key for s in sections if s.held_out and s.traditional == script} for script in (True, False)]
    assert held_out[0] == held_out[1]
    assert 0 < len(held_out[0]) < 100


def test_nothing_of_the_paraphrase_test_part_is_read(folder):
    assert text.read(folder).same == [("他先来", "先来的是他")]


def test_questions_of_held_out_entries_are_never_trained_on(entries):
    known = knowledge.read(entries)

    used = set(knowledge.trained_on(known, on_similar=True))
    held_out = {question for entry in known if entry.held_out for question in (entry.question, *entry.similar)}
    assert held_out
    assert used
    assert not used & held_out
