"""What an operator types while the product runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

GOOD_POLICY = '[hours]\ntimezone = "Asia/Shanghai"\nmonday = ["08:30-12:00"]\n'


def test_doctor_finds_nothing_wrong_with_a_running_stack(stack: Stack) -> None:
    done = stack.run("doctor", "--json")
    assert [check for check in done.json["checks"] if not check["ok"]] == []
    assert {"gateway", "engine", "actions", "index", "database"} <= {check["name"] for check in done.json["checks"]}
    assert done.status == 0


@pytest.mark.parametrize(
    "question", ["导入报错 ERR-1042 怎么处理", "匯出的 CSV 用 Excel 開啟中文變亂碼、編號開頭的 0 也不見"]
)
def test_ask_decides_what_the_chat_decides(stack: Stack, visitor: Callable[[], Visitor], question: str) -> None:
    asked = stack.run("ask", "--json", question).json
    said = visitor().ask(question)

    assert asked["decision"] == "answer"
    assert said.kind == "answer"
    assert said.card["entry_id"] == asked["entry_id"]
    assert said.card["build_id"] == asked["build_id"]
    assert said.card["trace_id"] == asked["trace_id"]


def test_a_port_in_use_is_one_sentence(stack: Stack) -> None:
    done = stack.run("up")
    told = done.err.strip()
    assert done.status == 1
    assert f"端口 {stack.port} 已被占用" in told
    assert "GONGDA_PORT" in told
    assert len(told.splitlines()) == 1
    assert "Traceback" not in done.err + done.out


def test_a_bad_policy_is_told_with_its_line(stack: Stack, tmp_path: Path) -> None:
    policy = tmp_path / "support.toml"
    policy.write_text(GOOD_POLICY + 'tuesday = ["8点到12点"]\n', encoding="utf-8")
    done = stack.run("up", extra=elsewhere(tmp_path, policy))
    assert done.status == 2
    assert "第 4 行" in done.err
    assert "Traceback" not in done.err + done.out


def test_a_bad_wechat_token_is_told_before_anything_is_started(stack: Stack, tmp_path: Path) -> None:
    done = stack.run("up", extra={**elsewhere(tmp_path, tmp_path / "absent.toml"), "GONGDA_WECHAT_TOKEN": "太短"})
    assert done.status == 2
    assert "微信公众号设置有误" in done.err
    assert "Traceback" not in done.err + done.out


def test_a_policy_that_is_no_toml_is_told_with_its_line(stack: Stack, tmp_path: Path) -> None:
    policy = tmp_path / "support.toml"
    policy.write_text(GOOD_POLICY + "tuesday = [08:30\n", encoding="utf-8")
    done = stack.run("doctor", "--json", extra=elsewhere(tmp_path, policy))
    (told,) = [check["message"] for check in done.json["checks"] if check["name"] == "policy"]
    assert done.status == 1
    assert "第 4 行" in told or "line 4" in told


def test_chat_reads_questions_from_a_pipe(stack: Stack) -> None:
    done = stack.run("chat", text="ERROR_403\n谢谢\n")
    assert done.status == 0, done.err
    assert "ERROR_403" in done.out
    assert "来源：" in done.out
    assert "不客气" in done.out


def test_chat_without_a_running_stack_says_what_to_do(stack: Stack, tmp_path: Path) -> None:
    done = stack.run("chat", extra={"GONGDA_PORT": "9"}, text="你好\n")
    assert done.status == 1
    assert "make run" in done.err
    assert "Traceback" not in done.err + done.out


def elsewhere(data: Path, policy: Path) -> dict[str, str]:
    """Settings under which nothing of the running stack is touched."""
    return {
        "GONGDA_DATA": str(data / "var"),
        "GONGDA_SUPPORT": str(policy),
        "GONGDA_PORT": "0",
        "GONGDA_ENGINE_PORT": "0",
        "GONGDA_ACTIONS_PORT": "0",
    }
