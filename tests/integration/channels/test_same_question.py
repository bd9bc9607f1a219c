"""The same question gets the same decision with the same evidence on every channel; only the rendering differs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.database import Database
from gateway.channels.known import all_channels
from gongda.settings import ROOT
from kb_ingest.folder import read_folder
from retrieval.building import store
from retrieval.building.build import build
from retrieval.indexing.encoder import open_encoder
from tests.integration.channels.everywhere import NOW, WORDING, Everywhere, Heard
from zhtext.script import to_region

EVERY = 8  # of the sample corpus: the whole of it would take a minute to index
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_ENTRIES = read_folder(ROOT / "kb")
# Those of entries that are not indexed are declined or lead to choices, on every channel alike.
QUESTIONS = sorted({text for entry in _ENTRIES[:: EVERY // 2] for text in (entry.question, *entry.similar)})
DISGUISES = {
    "as it is": lambda text: text,
    "full width": lambda text: text.translate(_FULL_WIDTH),
    "capitals": str.upper,
    "emoji": lambda text: f"😭{text}🙏",
    "zero width": lambda text: "\u200b".join(text),
    "blanks": lambda text: re.sub(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", " ", text, count=3),
    "a new line": lambda text: f"  {text}\n",
}
SCRIPTS = {"cn": ("hans", "cn"), "tw": ("hant", "tw"), "hk": ("hant", "hk")}


class Running:
    """One gateway and its loop for all examples: a hundred of each would take minutes."""

    def __init__(self, everywhere: Everywhere, loop: asyncio.Runner) -> None:
        self._loop = loop
        self.everywhere = everywhere

    def ask(self, text: str) -> dict[str, Heard]:
        return {way: self._loop.run(self.everywhere.ask(way, text)) for way in self.everywhere.ways}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("same-question")
    made = build(_ENTRIES[::EVERY], open_encoder(), folder / "index", now=NOW)
    store.activate(folder / "index", made.build_id)
    database = Database(f"sqlite:///{folder / 'desk.db'}").open()
    database.migrate()
    with asyncio.Runner() as loop:
        everywhere = Everywhere(database, folder / "index")
        yield Running(everywhere, loop)
        loop.run(everywhere.aclose())
    database.close()


def same(heard: dict[str, Heard]) -> Heard:
    """What all of them got."""
    first = heard["web"]
    assert {way: (one.evidence, one.degraded) for way, one in heard.items()} == dict.fromkeys(
        heard, (first.evidence, first.degraded)
    )
    return first


def test_every_channel_that_comes_with_the_gateway_is_asked(running: Running) -> None:
    assert set(all_channels(WORDING, pushes=True).reachable(NOW)) <= set(running.everywhere.ways)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.sampled_from(QUESTIONS), script=st.sampled_from(sorted(SCRIPTS)), disguise=st.sampled_from([*DISGUISES])
)
def test_the_same_question_gets_the_same_entry_everywhere(
    running: Running, question: str, script: str, disguise: str
) -> None:
    running.everywhere.engine.silent = False
    asked = DISGUISES[disguise](to_region(question, *SCRIPTS[script]))

    heard = same(running.ask(asked))

    assert heard.evidence
    assert not heard.degraded


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.sampled_from(QUESTIONS), script=st.sampled_from(sorted(SCRIPTS)))
def test_and_also_when_the_engine_is_silent(running: Running, question: str, script: str) -> None:
    running.everywhere.engine.silent = True

    assert same(running.ask(to_region(question, *SCRIPTS[script]))).evidence


@pytest.mark.parametrize("entry", _ENTRIES[:: EVERY * 4], ids=lambda entry: entry.id)
def test_an_answer_names_its_entry_and_its_source_on_every_channel(running: Running, entry) -> None:  # type: ignore[no-untyped-def]
    running.everywhere.engine.silent = False

    heard = running.ask(entry.question)

    (found,) = {one["entry_id"] for one in same(heard).evidence if one["kind"] == "answer"}
    assert found == entry.id
    for way, one in heard.items():
        assert entry.title in one.rendered, way
        assert way == "web" or entry.source.strip("《》").split("》")[0] in one.rendered, way


def test_what_is_rendered_differs(running: Running) -> None:
    running.everywhere.engine.silent = False
    shown = {way: one.rendered for way, one in running.ask(_ENTRIES[0].question).items()}

    assert shown["web"] != shown["wechat"]
