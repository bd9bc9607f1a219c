"""`python -m bot.tools.understand --model M < texts > results`: what the trained engine makes of texts.

A line in is a JSON string, a line out the object of `gongda understand`, in the same order.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.tools.guesses import UNREAL, best_intent
from bot.tools.parsing import Parser
from bot.tools.pipe import Say, answering

# What the engine does in the end decides: these intents hand over, or take the wish back.
_HANDS_OVER, _TAKES_BACK = "request_human", "cancel_human"
_CALL_BACK = "callback_request"


def understood(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """A parse result of our pipeline under the names of the command line's contract.

    `intent` is the best real intent even where the message was declined as out of scope; a message the rules are
    certain of is in scope whatever the gate's score says.
    """
    script = parsed.get("script") or {}
    situation = parsed.get("situation") or {}
    name, confidence = best_intent(parsed)
    return {
        "normalized": parsed.get("text") or "",
        "script": script.get("name", "none"),
        "region": script.get("region"),
        "intent": {"name": name, "confidence": confidence},
        "out_of_scope": _out_of_scope(parsed),
        "wants_human": _wants_human(parsed, situation),
        "priority": situation.get("priority"),
        "category": situation.get("category"),
        "emotion": {
            "negative": bool(situation.get("negative", False)),
            "complaint": bool(situation.get("complaint", False)),
        },
        "slots": _first_values(parsed.get("entities") or ()),
        "codes": list(dict.fromkeys(code["canonical"] for code in parsed.get("codes") or ())),
    }


def _said(parsed: Mapping[str, Any]) -> str | None:
    name = (parsed.get("intent") or {}).get("name")
    return str(name) if name else None


def _wants_human(parsed: Mapping[str, Any], situation: Mapping[str, Any]) -> bool:
    intent = _said(parsed)
    if intent in (_HANDS_OVER, _TAKES_BACK):
        return intent == _HANDS_OVER
    return bool(situation.get("wants_human", intent == _CALL_BACK))


def _out_of_scope(parsed: Mapping[str, Any]) -> dict[str, Any]:
    said, gate = _said(parsed), parsed.get("out_of_scope") or {}
    return {"score": gate.get("score"), "decision": bool(gate.get("decision")) and (said is None or said in UNREAL)}


def _first_values(entities: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for entity in sorted(entities, key=lambda entity: int(entity.get("start") or 0)):
        values.setdefault(str(entity["entity"]), entity["value"])
    return values


def _work(model: Path, say: Say) -> int:
    texts = [str(json.loads(line)) for line in sys.stdin if line.strip()]
    for parsed in Parser(model).parse(texts):
        say(understood(parsed.data))
    return 0


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m bot.tools.understand", description=__doc__)
    options.add_argument("--model", type=Path, required=True)
    given = options.parse_args()
    sys.exit(answering(lambda say: _work(given.model, say)))


if __name__ == "__main__":
    main()
