"""`gongda init` from the sheet to the answers, with a second, invented product."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
import yaml
from fastapi import FastAPI
from typer.testing import CliRunner

from desk import entries, pins
from desk.clock import system_clock
from desk.database import Database
from gateway.app import create_app
from gongda.assembly import services
from gongda.cli import app
from gongda.indexing import build_index
from gongda.knowledge.corpus import corpus, of_desk, seed
from gongda.knowledge.publishing import Order, publish_desk
from gongda.policy import load_policy
from gongda.product.applying import Applied, apply
from gongda.product.planning import Plan, plan
from gongda.product.reading import read
from gongda.product.showing import wording
from gongda.retrieving import live
from gongda.secrets import Secrets
from gongda.settings import Settings, load_settings, share_product
from gongda.supervision import programs
from gongda.training import model_path
from kb_ingest.folder import read_folder
from retrieval.asking.live import Live
from tests.unit.gongda.own import Sheets, installation, luan, workbook
from zhtext import tables
from zhtext.contacts import strangers
from zhtext.slots import slot_values

SAMPLE = "匠衡"
RUN = CliRunner()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return alone(tmp_path, monkeypatch)


def alone(folder: Path, patch: pytest.MonkeyPatch) -> Settings:
    """A scratch installation; this process and the commands it runs know of no other."""
    made = installation(folder)
    for name in [name for name in os.environ if name.startswith("GONGDA_")]:
        patch.delenv(name)
    patch.setenv("GONGDA_DATA", str(made.data))
    patch.setenv("GONGDA_SUPPORT", str(made.support))
    patch.setenv(tables.PRODUCT, str(made.own))
    return made


def planned(settings: Settings, folder: Path, change: Callable[[Sheets], object] = lambda _: None) -> Plan:
    draft = read(workbook(folder / "资料表.xlsx", luan(), change), system_clock())
    assert draft.mistakes == ()
    return plan(settings, draft)


def init(settings: Settings, folder: Path, change: Callable[[Sheets], object] = lambda _: None) -> Applied:
    return apply(settings, planned(settings, folder, change), system_clock)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes().decode("utf-8", errors="ignore")


@pytest.fixture(scope="class")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Live]]:
    """The vendor's installation with its index."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        made = alone(folder, patch)
        init(made, folder)
        build_index(made)
        yield made, live(made)


class TestAnswers:
    @pytest.mark.parametrize(
        ("question", "title"),
        [
            ("昨天忘记填巡查了怎么补", "昨天的巡查漏填了，怎么补录"),
            ("昨天忘記填巡檢了怎麼補", "昨天的巡查漏填了，怎么补录"),
            ("尋日唔記得填巡查點補返", "昨天的巡查漏填了，怎么补录"),
            ("派工单发错队了", "养护工单派错队伍了怎么改派"),
            ("張派工單派錯隊點改", "养护工单派错队伍了怎么改派"),
            ("鋪面損壞的照片傳不上去", "坑槽照片传不上去怎么办"),
            ("化雪盐怎么盘点", "融雪剂库存怎么盘点"),
            ("客服电话多少", "官方联系方式"),
            ("请问你们周六上班吗", "人工服务时间"),
            ("现在最新的是哪个版本", "版本和发布日期"),
            ("24 版有什么新功能", "2024 版更新内容"),
        ],
    )
    def test_the_vendors_questions_are_answered_in_either_script(
        self, world: tuple[Settings, Live], question: str, title: str
    ) -> None:
        result = world[1].ask(question)

        assert (result.decision, result.title) == ("answer", title)

    @pytest.mark.parametrize(
        ("disguise", "code"),
        [
            ("la101", "LA-101"),
            ("LA—４０４怎么办", "LA-404"),
            ("報錯 la 三零五 係乜", "LA-305"),
            ("提示LA_2O3", "LA-203"),
            ("出现Ｌａ　５００了", "LA-500"),
        ],
    )
    def test_the_vendors_codes_are_found_in_disguise(
        self, world: tuple[Settings, Live], disguise: str, code: str
    ) -> None:
        result = world[1].ask(disguise)

        assert (result.decision, result.code) == ("answer", code)

    @pytest.mark.parametrize(
        "question", ["导入时报 ERR-1042", "ERROR_403", "怎么编甘特图", "BIM模型加载不出来", "LA-999"]
    )
    def test_a_question_of_the_sample_is_declined(self, world: tuple[Settings, Live], question: str) -> None:
        assert world[1].ask(question).decision == "decline"

    @pytest.mark.usefixtures("world")
    def test_modules_and_versions_are_the_vendors(self) -> None:
        said = "我哋個橋樑監測 2024 版打唔開"
        assert slot_values(said, ("module", "version")) == {"module": "桥隧监测", "version": "2024"}
        assert slot_values("甘特图打不开", ("module",)) == {}

    def test_only_the_vendors_contacts_may_stand_in_an_answer(self, world: tuple[Settings, Live]) -> None:
        allow = load_policy(world[0].root / world[0].support).contacts
        answers = [entry.answer for entry in world[1].retriever.entries]

        assert [strangers(answer, allow) for answer in answers if strangers(answer, allow)] == []
        assert strangers("请打 400-800-1234", allow) != ()

    def test_no_file_of_the_index_and_no_sentence_names_the_sample(self, world: tuple[Settings, Live]) -> None:
        made, _ = world
        said = wording(made)
        own = {path for path, text in texts(made.var) if SAMPLE in text}

        assert own == set()
        assert [key for key, sentence in said._sentences.items() if SAMPLE in sentence] == []
        assert "路安养护云" in said.text("turn.decline.out_of_scope")
        assert said.text("web.name") == "智能助手小路"

    async def test_no_page_a_customer_sees_names_the_sample(self, world: tuple[Settings, Live]) -> None:
        made, _ = world
        parts = services(made, Secrets(made.var / "secrets"))
        page = await _get(create_app(parts, "key"), "/widget/demo/")
        parts.db.close()

        assert SAMPLE not in page
        assert "<title>路安养护云</title>" in page
        assert "昨天的巡查漏填了，怎么补录" in page


async def _get(app: FastAPI, path: str) -> str:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gateway") as client:
        return (await client.get(path)).text


async def test_of_the_sample_itself_the_page_is_its_own(settings: Settings) -> None:
    parts = services(settings, Secrets(settings.var / "secrets"))
    page = await _get(create_app(parts, "key"), "/widget/demo/")
    parts.db.close()

    assert f"<title>{SAMPLE}" in page
    assert SAMPLE in parts.wording.text("turn.decline.out_of_scope")


def test_the_sample_leaves_the_desk_even_where_somebody_has_edited_it(settings: Settings, tmp_path: Path) -> None:
    database = Database(settings.database)
    settings.var.mkdir()
    database.open().migrate()
    seed(settings, database, system_clock())
    edited, pinned = "err-error-403", "faq-own-note"
    with database.write() as session:
        before = {each.entry_id for each in entries.in_force(session)}
        assert pins.listing(session)
        content = {**entries.version(session, edited, 1).content, "answer": f"{SAMPLE}改过的答案"}
        for entry_id in (edited, pinned):
            number = entries.save_draft(
                session, entry_id, content, f"{len(entry_id):012x}", author="agent:1", now=system_clock()
            ).number
            entries.submit(session, entry_id, number, by="agent:1", now=system_clock())
            entries.approve(session, entry_id, number, by="agent:2", now=system_clock())
    assert edited in before

    def same_code(sheets: Sheets) -> None:
        sheets["错误码"].append(["ERROR_403", "没有权限", "", "请单位管理员开通。", "", "", ""])

    applied = init(settings, tmp_path, same_code)

    source = of_desk(database).source
    with database.read() as session:
        assert applied.retired is not None
        assert len(applied.retired) == len(before) - 1
        assert pins.listing(session) == ()
    assert {entry.source for entry in source.entries if entry.id != pinned} <= {
        "《路安养护云资料表》常见问题", "《路安养护云资料表》错误码", "《路安养护云资料表》联系方式",
        "《路安养护云资料表》产品", "《路安养护云资料表》版本",
    }  # fmt: skip
    assert [entry.answer for entry in source.entries if entry.id == edited] == ["请单位管理员开通。"]
    assert pinned in {entry.id for entry in source.entries}  # what people wrote themselves is theirs
    database.close()


def test_what_served_the_sample_cannot_be_gone_back_to(settings: Settings, tmp_path: Path) -> None:
    few = tmp_path / "kb"
    few.mkdir()
    sample = [entry.to_json() for entry in read_folder(settings.sample)[:20]]
    (few / "few.yml").write_text(yaml.safe_dump(sample, allow_unicode=True), encoding="utf-8")
    build_index(settings.model_copy(update={"kb": few}))
    assert SAMPLE in "".join(text for _, text in texts(settings.index))

    init(settings, tmp_path)
    build_index(settings)

    assert SAMPLE not in "".join(text for _, text in texts(settings.index))
    assert len([path for path in settings.index.iterdir() if path.is_dir()]) == 1


def test_the_same_sheet_again_changes_nothing_and_a_changed_one_changes_what_it_says(
    settings: Settings, tmp_path: Path
) -> None:
    init(settings, tmp_path)
    before = dict(texts(settings.var))
    assert planned(settings, tmp_path).empty

    def change(sheets: Sheets) -> None:
        sheets["常见问题"][1][2] = "请找中队长。"
        del sheets["错误码"][-1]
        sheets["模块"].append(["绿化养护", "行道树"])
        sheets["联系方式"][1][1] = "400-616-0199"

    changed = planned(settings, tmp_path, change)
    assert (changed.differing.new, len(changed.differing.changed), changed.differing.gone) == ((), 2, ("err-la-507",))
    assert not changed.another
    apply(settings, changed, system_clock)

    after = dict(texts(settings.var))
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == {
        "product/product.yml", "product/dictionary/modules.tsv", "product/dictionary/terms.txt",
        "product/kb/sheet/entries.yml", "product/nlu/questions.yml",
    }  # fmt: skip
    allow = load_policy(settings.root / settings.support).contacts.values
    assert "400-616-0199" in allow
    assert "400-616-0188" not in allow


def test_the_vendors_own_files_beside_the_sheet_stay(settings: Settings, tmp_path: Path) -> None:
    init(settings, tmp_path)
    own = settings.own / "kb" / "asked.jsonl"
    (found,) = [entry for entry in corpus(settings).entries if entry.code == "LA-101"]
    own.write_text(json.dumps({"text": "传照片老是失败", "id": found.id}, ensure_ascii=False), encoding="utf-8")
    (settings.own / "dictionary" / "roles.tsv").write_text("中队长\t中队长 队长\n", encoding="utf-8")

    init(settings, tmp_path, lambda sheets: sheets["错误码"][1].__setitem__(1, "照片上传失败"))

    assert corpus(settings).asked == {"传照片老是失败": found.id}
    assert slot_values("我是中队长", ("role",)) == {"role": "中队长"}


def test_what_is_broken_off_in_the_middle_is_finished_by_the_next_time(settings: Settings, tmp_path: Path) -> None:
    settings.var.mkdir()
    database = Database(settings.database)
    database.open().migrate()
    seed(settings, database, system_clock())
    half = planned(settings, tmp_path)
    settings.own.mkdir()
    (settings.own / ".unfinished").touch()
    from gongda.product import overlay

    overlay.write(settings.own, half.files)

    again = planned(settings, tmp_path)
    assert not again.empty
    apply(settings, again, system_clock)

    assert {entry.id for entry in of_desk(database).source.entries} == {entry.id for entry in half.entries}
    assert planned(settings, tmp_path).empty
    database.close()


def test_a_later_publication_goes_through(settings: Settings, tmp_path: Path) -> None:
    settings.var.mkdir()
    database = Database(settings.database)
    database.open().migrate()
    seed(settings, database, system_clock())
    init(settings, tmp_path)
    build_index(settings)
    (entry,) = [entry for entry in of_desk(database).source.entries if entry.code == "LA-101"]
    with database.write() as session:
        content = {**entry.content, "answer": "把照片压缩到 20 MB 以内，再点【继续上传】。"}
        entries.save_draft(session, entry.id, content, "0" * 12, author="agent:1", now=system_clock())
        entries.submit(session, entry.id, 2, by="agent:1", now=system_clock())
        entries.approve(session, entry.id, 2, by="agent:2", now=system_clock())

    done = publish_desk(settings, database, system_clock, Order("agent:2"))

    assert done.published, done.report.to_json()["objections"]
    database.close()


def test_the_engine_is_trained_anew_and_every_process_is_told_of_the_product(
    settings: Settings, tmp_path: Path
) -> None:
    before = model_path(settings)
    init(settings, tmp_path)

    assert model_path(settings) != before
    if (settings.root / ".venv-engine").exists():
        told = {program.environment[tables.PRODUCT] for program in programs(settings, Secrets(tmp_path / "secrets"))}
        assert told == {str(settings.own)}


def test_the_command_shows_what_it_will_do_and_asks(settings: Settings, tmp_path: Path) -> None:
    sheet = workbook(tmp_path / "资料表.xlsx", luan())

    rehearsed = RUN.invoke(app, ["init", str(sheet), "--dry-run"])
    refused = RUN.invoke(app, ["init", str(sheet)], input="n\n")

    for run in (rehearsed, refused):
        assert run.exit_code == 0
        assert "路安养护云" in run.output
        assert "样例知识和固定问题全部退出" in run.output
        assert "没有“系统崩溃、网络中断”的应急预案" in run.output
    assert not settings.has_own
    assert (settings.root / settings.support).read_bytes() == (settings.root / "support.toml").read_bytes()

    done = RUN.invoke(app, ["init", str(sheet)], input="y\n")
    assert "已换成 路安养护云" in done.output
    assert settings.has_own
    assert "没有变化" in RUN.invoke(app, ["init", str(sheet), "--yes"]).output


def test_a_wrong_sheet_changes_nothing_and_its_mistakes_are_listed(settings: Settings, tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["版本"].append(["第三版"])
        sheets["常见问题"][3][2] = "打 13812345678"

    done = RUN.invoke(app, ["init", str(workbook(tmp_path / "资料表.xlsx", luan(), change)), "--yes"])

    assert done.exit_code != 0
    assert not settings.var.exists()
    assert "工作表“版本” 第 4 行" in str(done.exception)
    assert "工作表“常见问题” 第 4 行" in str(done.exception)


def test_the_template_is_written_once(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    assert RUN.invoke(app, ["init", "--template", str(path)]).exit_code == 0
    assert path.is_file()
    assert "已经存在" in str(RUN.invoke(app, ["init", "--template", str(path)]).exception)
    assert "请给一份资料表" in str(RUN.invoke(app, ["init"]).exception)


def test_settings_find_the_corpus_of_the_product(settings: Settings, tmp_path: Path) -> None:
    assert settings.corpus == settings.root / "kb"
    init(settings, tmp_path)
    assert settings.corpus == settings.own / "kb"
    assert settings.model_copy(update={"kb": Path("kb")}).corpus == settings.root / "kb"
    share_product(load_settings())
    assert os.environ[tables.PRODUCT] == str(settings.own)
