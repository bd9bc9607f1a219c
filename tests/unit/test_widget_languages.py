"""The widget's texts: complete in every language, in that language's own characters, and all of them used."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from zhtext.script import detect

WIDGET = Path(__file__).parents[2] / "gateway" / "widget"
TEXTS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((WIDGET / "lang").glob("*.json"))
}
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((WIDGET / "parts").glob("*.js")))
# Asked of the knowledge base, which speaks Simplified Chinese, whatever language the button has.
IN_CHINESE = {"en": {"suggestions", "cancel_human_said"}, "zh-TW": set(), "zh-HK": set(), "zh-CN": set()}


def shape(texts: dict[str, Any]) -> dict[str, Any]:
    """Keys, and the values that are filled in."""
    return {
        key: shape(value) if isinstance(value, dict) else sorted(re.findall(r"\{\w+\}", str(value)))
        for key, value in texts.items()
    }


def words(texts: dict[str, Any]) -> str:
    return "\n".join(words(value) if isinstance(value, dict) else str(value) for value in texts.values())


@pytest.mark.parametrize("locale", sorted(TEXTS))
def test_every_language_has_the_same_texts_with_the_same_gaps(locale: str) -> None:
    assert shape(TEXTS[locale]) == shape(TEXTS["zh-CN"])
    assert all(text.strip() for text in words(TEXTS[locale]).split("\n"))


def test_the_four_languages_are_the_ones_the_code_offers() -> None:
    offered = re.search(r"LOCALES = (\[.*?\]);", CODE)

    assert offered is not None
    assert sorted(json.loads(offered[1])) == sorted(TEXTS)


@pytest.mark.parametrize(("locale", "script"), [("zh-CN", "hans"), ("zh-TW", "hant"), ("zh-HK", "hant")])
def test_chinese_is_written_in_the_script_of_its_region(locale: str, script: str) -> None:
    for key, value in TEXTS[locale].items():
        text = words(value) if isinstance(value, dict) else str(value)
        assert detect(text).name in (script, "none"), key


def test_taiwan_and_hong_kong_have_words_of_their_own() -> None:
    taiwan, hong_kong = words(TEXTS["zh-TW"]), words(TEXTS["zh-HK"])

    assert all(word in taiwan for word in ("網路", "電子郵件", "軟體"))
    assert all(word in hong_kong for word in ("網絡", "電郵", "軟件"))
    assert not any(word in hong_kong for word in ("網路", "軟體"))


def test_english_has_no_chinese_but_what_is_asked_of_the_knowledge() -> None:
    rest = {key: value for key, value in TEXTS["en"].items() if key not in IN_CHINESE["en"]}

    assert re.findall(r"[\u4e00-\u9fff]+", words(rest)) == []


def test_the_code_uses_every_text_and_no_other() -> None:
    named = set(re.findall(r"texts\.(\w+)", CODE)) | set(re.findall(r"\b(?:launcher|launcher_unread)\b", CODE))
    known = set(TEXTS["zh-CN"])
    by_state = {key for key in known if re.match(r"(state|human)_(bot|waiting|human|closed)$", key)}
    chosen = {key for key in known if f'"{key}"' in CODE}  # texts[yes ? "one" : "other"]

    assert named - known == set()
    assert known - named - by_state - chosen == set()
