from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.wechat.hearing.scenes import LONGEST, Scene, cleaned, placed, scene_of

SCENES = {"a": Scene({"site": "一号工地", "version": "6.1"}), "b": Scene({"site": "二号工地"})}


@pytest.mark.parametrize(
    ("event", "key", "scene"),
    [
        ("subscribe", "qrscene_site-3", "site-3"),
        ("subscribe", "last_trade_no_1", ""),
        ("subscribe", "", ""),
        ("SCAN", "site-3", "site-3"),
        ("SCAN", "qrscene_x", "qrscene_x"),
        ("SCAN", " 三号\n工地\u202e ", "三号 工地"),
    ],
)
def test_the_scene_of_an_event(event: str, key: str, scene: str) -> None:
    assert scene_of(event, key) == scene


@given(st.text(max_size=200))
def test_a_scene_is_one_short_line_of_what_is_seen_and_stays_so(text: str) -> None:
    scene = cleaned(text)
    assert len(scene) <= LONGEST
    assert not any(unicodedata.category(char)[0] == "C" for char in scene)
    assert cleaned(scene) == scene


def test_another_scan_replaces_what_the_first_one_has_filled_in() -> None:
    first = placed({}, "a", SCENES)
    assert placed(first, "b", SCENES) == {"site": "二号工地", "scene": "b"}


def test_what_was_said_outlives_every_scan() -> None:
    said = placed({"version": "5.2", "os": "Windows 10"}, "a", SCENES)
    assert said == {"site": "一号工地", "version": "5.2", "os": "Windows 10", "scene": "a"}
    assert placed(said, "b", SCENES)["version"] == "5.2"


def test_an_unknown_scene_fills_in_nothing_but_itself() -> None:
    assert placed({}, "展会", SCENES) == {"scene": "展会"}
