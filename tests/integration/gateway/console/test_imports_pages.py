"""Documents from a browser to the worker, and the report that comes back."""

from __future__ import annotations

from pathlib import Path
from sqlite3 import connect

import pytest
from sqlalchemy.exc import DatabaseError

from gateway.console.fakes import FakeSettings
from tests.integration.gateway.console.knowledge_world import Knowledge
from tests.integration.gateway.console.world import Staff, World

JSON = {"accept": "application/json"}
REPORT = {
    "files": [
        {"path": "/var/uploads/ab12/手册.docx", "status": "kept", "reason": "", "repaired": {}, "quarantined": [],
         "refused_contacts": [], "entries": 3},
        {"path": "faq.csv", "status": "repaired", "reason": "", "repaired": {"现(xiàn)": 7}, "refused_contacts": ["400-123-4567"],
         "quarantined": [{"line": 9, "text": "??头峋€", "reason": "编码损坏", "place": ""}], "dropped": ["VIP下载"],
         "mistakes": [{"sheet": "表1", "row": 17, "message": "缺少答案"}], "notes": ["按 GBK 读取"], "entries": 1},
        {"path": "扫描.pdf", "status": "refused", "reason": "这是扫描件", "repaired": {}, "quarantined": [],
         "refused_contacts": [], "entries": 0},
    ],
    "changes": 2, "drafts": ["faq-a", "faq-b", "faq-gone"], "conflicts": ["faq-c"],
}  # fmt: skip


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


@pytest.fixture
def world(staff: Staff, tmp_path: Path, uploads: Path) -> World:
    return World(staff, tmp_path, settings=FakeSettings(uploads=uploads))


@pytest.fixture
def knowledge(world: World) -> Knowledge:
    return Knowledge(world)


def send(world: World, *files: tuple[str, bytes], login: str = "chen", **headers: str):
    return world.browser(login, **headers).post("/console/imports", files=[("file", file) for file in files])


def error(answer) -> str:
    return answer.json()["error"]["code"]


def test_files_are_put_into_a_folder_of_their_own_and_the_worker_is_asked(world, knowledge, uploads) -> None:
    answer = send(world, ("手册.md", "# 一".encode()), ("常见问题.csv", b"a,b"))
    (job,) = knowledge.jobs("ingest")
    assert answer.headers["location"] == f"/console/jobs/{job.id}?done=import_asked"
    folder = Path(job.payload["folder"])
    assert folder.parent == uploads
    assert job.payload["by"] == job.requested_by == world.agent("chen").actor
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "手册.md": "# 一".encode(),
        "常见问题.csv": b"a,b",
    }
    assert folder.stat().st_mode & 0o077 == 0


def test_names_can_lead_nowhere_and_clash_with_nothing(world: World, knowledge: Knowledge, uploads: Path) -> None:
    names = (
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "手册.MD",
        "手册.md",
        ".hidden",
        "a\u202eb.txt",
        "x" * 300 + ".pdf",
    )
    send(world, *((name, b"x") for name in names))
    folder = Path(knowledge.jobs("ingest")[0].payload["folder"])
    found = sorted(path.name for path in folder.iterdir())
    assert len(found) == len(names)
    assert {"passwd", "boot.ini", "手册.MD", "手册-2.md", "hidden", "a_b.txt"} < set(found)
    assert max(len(name.encode()) for name in found) <= 255
    assert [path for path in uploads.rglob("*") if path.is_file() and path.parent != folder] == []


def test_long_chinese_names_are_kept_even_when_they_clash(world: World, knowledge: Knowledge) -> None:
    send(world, *((f"{'施工组织设计' * 30}{ending}.docx", b"x") for ending in ("甲", "乙")))
    folder = Path(knowledge.jobs("ingest")[0].payload["folder"])
    assert sorted(path.name for path in folder.iterdir()) == [
        "施工组织设计" * 10 + "-2.docx",
        "施工组织设计" * 10 + ".docx",
    ]


def test_files_that_no_job_can_be_asked_for_do_not_stay(world: World, uploads: Path) -> None:
    uploads.mkdir()
    with connect(str(world.db.url).removeprefix("sqlite:///")) as file:
        file.execute("DROP TABLE jobs")
    with pytest.raises(DatabaseError):
        send(world, ("a.md", b"x"))
    assert list(uploads.iterdir()) == []


def test_nothing_too_many_and_too_large_are_refused_and_nothing_is_kept(world, knowledge, uploads) -> None:
    assert error(world.browser("chen", **JSON).post("/console/imports", files={"other": ("a", b"")})) == "no_file"
    many = [(f"{number}.md", b"x") for number in range(21)]
    assert error(send(world, *many, **JSON)) == "too_many_files"
    large = send(world, ("a.pdf", b"x" * (20 * 1024 * 1024 + 1)), **JSON)
    assert error(large) == "file_too_large"
    assert "上限 20 MB" in large.json()["error"]["message"]
    assert not uploads.exists() or list(uploads.iterdir()) == []
    assert knowledge.jobs() == ()


def test_a_form_field_is_no_file(world: World, knowledge: Knowledge) -> None:
    answer = world.browser("chen", **JSON).post("/console/imports", data={"file": "/etc/passwd"})
    assert error(answer) == "no_file"


def test_a_disk_that_takes_nothing_is_said_and_no_job_is_made(staff: Staff, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    world = World(staff, tmp_path, settings=FakeSettings(uploads=blocked))
    answer = send(world, ("a.md", b"x"), **JSON)
    assert (answer.status_code, error(answer)) == (503, "full")
    assert Knowledge(world).jobs() == ()


def test_where_nobody_said_where_to_put_files_the_page_tells_the_other_way(staff: Staff, tmp_path: Path) -> None:
    world = World(staff, tmp_path)
    assert "gongda kb ingest" in world.browser("chen").get("/console/imports").text
    assert error(send(world, ("a.md", b"x"), **JSON)) == "no_uploads"


def test_an_agent_cannot_upload_and_their_bytes_are_not_kept(world: World, knowledge: Knowledge, uploads: Path) -> None:
    assert send(world, ("a.md", b"x" * 100_000), login="zhang").status_code == 403
    assert not uploads.exists()


def test_the_report_says_for_each_file_what_became_of_it(world: World, knowledge: Knowledge) -> None:
    knowledge.draft("faq-a", by="chen")
    knowledge.submitted("faq-b", by="chen")
    job = knowledge.job("ingest", REPORT)
    page = world.browser("chen").get(f"/console/jobs/{job.id}").text
    for said in (
        "手册.docx", "原样收入", "修复后收入", "没有收入", "这是扫描件", "现(xiàn) × 7", "400-123-4567", "表1 第 17 行：缺少答案",
        "第 9 行：<code>??头峋€</code>", "VIP下载", "按 GBK 读取", "1 条没有改", "提交全部 1 条审核",
    ):  # fmt: skip
        assert said in page
    assert "/var/uploads" not in page
    assert 'name="entry" value="faq-a@1"' in page
    assert "faq-gone" not in page


def test_the_drafts_of_an_import_are_submitted_in_one_go(world: World, knowledge: Knowledge) -> None:
    for number in range(130):
        knowledge.draft(f"faq-{number:03}", by="chen")
    named = [f"faq-{number:03}@1" for number in range(130)]
    answer = world.browser("chen").post("/console/entries/submit", data={"entry": named})
    assert answer.headers["location"] == "/console/entries?tab=draft&done=submitted_all&n=130&m=0"
    assert {knowledge.of(f"faq-{number:03}").state for number in range(130)} == {"submitted"}


def test_earlier_imports_are_listed(world: World, knowledge: Knowledge) -> None:
    knowledge.job("ingest", REPORT)
    page = world.browser("chen").get("/console/imports").text
    assert "3 个文件" in page
    assert "3 条草稿" in page
