"""The real gateway with one official account, an engine that repeats the question, and nothing else: a child process.

`python -m evaluation.wechat_account --data FOLDER --port PORT --mode secure`, for `evaluation.wechat_forged`.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import uvicorn

from contract.turn import TurnContext
from desk.calendar import FixedHours
from desk.clock import system_clock
from desk.database import Database
from gateway.answers import FakeAnswers
from gateway.app import create_app
from gateway.channels.known import all_channels
from gateway.channels.wechat.settings import Mode, WeChatSettings
from gateway.engine import FakeEngine, Part, Said
from gateway.hub import Hub
from gateway.services import Services
from gateway.settings import GatewaySettings
from gateway.turns.bursts import Pace
from gateway.wording import Wording
from zhtext.contacts import AllowList

TOKEN, OLD_TOKEN, APP_ID = "forged2026", "forged2025", "wx5823bf96d3bd56c7"
KEY, OLD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
ANSWER = "答："


def account(mode: Mode) -> WeChatSettings:
    """In the middle of changing both the token and the key, so that all of them are tried."""
    plain = WeChatSettings(token=TOKEN, previous_token=OLD_TOKEN, app_id=APP_ID, app_secret="")
    return plain if mode == "plain" else replace(plain, mode=mode, aes_key=KEY, previous_aes_key=OLD_KEY)


def _echo(text: str, _: TurnContext) -> Sequence[Part]:
    return (Said(f"{ANSWER}{text}"),)


def serve(data: Path, port: int, mode: Mode) -> None:
    """Until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    wording = Wording.load()
    services = Services(
        db=Database(f"sqlite:///{data / 'desk.db'}").open(),
        clock=system_clock,
        engine=FakeEngine(_echo),
        answers=FakeAnswers(),
        hub=Hub(),
        calendar=FixedHours(),
        wording=wording,
        settings=GatewaySettings(engine_url="", actions_url="", actions_token="", secret=APP_ID, wechat=account(mode)),
        contacts=AllowList(),
        channels=all_channels(wording, pushes=False),
    )
    app = create_app(services, "forged", Pace(pause=0.01, longest=0.02))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mode", choices=("plain", "compatible", "secure"), required=True)
    wanted = parser.parse_args(arguments)
    serve(wanted.data, wanted.port, cast(Mode, wanted.mode))


if __name__ == "__main__":
    main()
