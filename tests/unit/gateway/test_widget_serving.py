"""What the gateway sends of the widget's folder."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from gateway.widget.serving import HERE, lean, widget_router


@pytest.fixture
def browser() -> TestClient:
    app = FastAPI()
    app.include_router(widget_router())
    return TestClient(app)


def test_comments_on_lines_of_their_own_are_left_out_and_nothing_else() -> None:
    script = '/** What it is. */\nimport { a } from "./a.js"; // stays\n\n/*\n * More\n */\n  const b = "/* text */";\n  // gone\n'

    assert lean(script) == 'import { a } from "./a.js"; // stays\nconst b = "/* text */";\n'


def _code(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.mark.parametrize("path", [*HERE.glob("parts/*.*"), HERE / "widget.js"], ids=lambda path: path.name)
def test_of_the_sources_only_lines_of_comments_are_missing(path: Path) -> None:
    left = lean(path.read_text(encoding="utf-8")).splitlines()
    gone = [line for line in _code(path) if line not in left]

    assert all(line.startswith(("/*", "*", "//")) or path.suffix == ".css" for line in gone), gone


def test_a_file_comes_compressed_for_any_page_and_is_not_sent_twice(browser: TestClient) -> None:
    first = browser.get("/widget/parts/element.js", headers={"accept-encoding": "gzip"})
    again = browser.get("/widget/parts/element.js", headers={"if-none-match": first.headers["etag"]})

    assert first.status_code == 200
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert again.content == b""


def test_without_gzip_it_is_the_same_text(browser: TestClient) -> None:
    plain = browser.get("/widget/lang/zh-HK.json", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in plain.headers
    assert plain.content == (HERE / "lang" / "zh-HK.json").read_bytes()


def test_a_changed_file_is_sent_anew(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    script = tmp_path / "parts" / "a.js"
    script.write_text("one;\n", encoding="utf-8")
    app = FastAPI()
    app.include_router(widget_router(tmp_path))
    browser = TestClient(app)
    first = browser.get("/widget/parts/a.js")

    script.write_text("another;\n", encoding="utf-8")

    assert (first.text, browser.get("/widget/parts/a.js").text) == ("one;\n", "another;\n")


@pytest.mark.parametrize(
    "path", ["parts/nothing.js", "parts/../serving.py", "parts/%2e%2e%2fserving.py", "serving.py", "parts/", "lang/.."]
)
def test_what_is_no_part_of_the_widget_is_not_found(browser: TestClient, path: str) -> None:
    assert browser.get(f"/widget/{path}").status_code == 404
