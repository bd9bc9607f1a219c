"""A gateway that is there again right after `kill -9`: for `evaluation.wechat_kills`, which starts it with `-m`.

One process imports everything and then only waits; each line on its standard input forks a gateway off (the real
application on the real database, an engine that repeats the question) and answers with its process id. What a text
says about the engine's time, 〔2.5 秒〕, is how long the engine takes.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from contract.turn import TurnContext
from desk.calendar import FixedHours
from desk.clock import system_clock
from desk.database import Database
from evaluation.wechat_serving import APP_ID, APP_SECRET, TOKEN
from gateway.answers import FakeAnswers
from gateway.app import create_app
from gateway.channels.known import all_channels
from gateway.channels.wechat.settings import WeChatSettings
from gateway.engine import Part, Said
from gateway.hub import Hub
from gateway.services import Services
from gateway.settings import GatewaySettings
from gateway.turns.bursts import Pace
from gateway.wording import Wording
from zhtext.contacts import AllowList

# A fifth of WeChat's five seconds, so that many messages can be cut in a few minutes.
CUT, DEADLINE, LATE_PATIENCE = 1.0, 0.8, 6.0  # seconds
PACE = Pace(pause=0.3, longest=1.2)
_TAKES = re.compile(r"〔([0-9.]+) 秒〕")


class SlowEngine:
    """Repeats the question, after the time it names; a burst takes as long as the longest."""

    async def ask(self, sender: str, text: str, context: TurnContext) -> tuple[Part, ...]:
        await asyncio.sleep(max(map(float, _TAKES.findall(text)), default=0.0))
        return (Said(f"答：{text}"),)

    async def ready(self) -> bool:
        return True


def settings(api: str) -> WeChatSettings:
    """The account, with everything a fifth as long as usual."""
    return WeChatSettings(
        token=TOKEN, app_id=APP_ID, app_secret=APP_SECRET, api_base=api, customer_service=True,
        passive_deadline=DEADLINE, cut=CUT, late_patience=LATE_PATIENCE,
    )  # fmt: skip


def serve(data: Path, port: int, api: str, wording: Wording) -> None:
    """Until it is killed."""
    wanted = GatewaySettings(
        engine_url="http://127.0.0.1:1", actions_url="http://127.0.0.1:1", actions_token="", secret=APP_SECRET,
        wechat=settings(api), files=data / "uploads" / "files", engine_deadline=LATE_PATIENCE,
    )  # fmt: skip
    services = Services(
        db=Database(f"sqlite:///{data / 'desk.db'}").open(),
        clock=system_clock,
        engine=SlowEngine(),
        answers=FakeAnswers(),
        hub=Hub(),
        calendar=FixedHours(),
        wording=wording,
        settings=wanted,
        contacts=AllowList(),
        channels=all_channels(wording, pushes=True),
    )
    config = uvicorn.Config(create_app(services, "kills", PACE), host="127.0.0.1", port=port, log_level="warning")
    uvicorn.Server(config).run()


def main(arguments: Sequence[str] | None = None) -> None:
    """A gateway for each line, until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True)
    wanted = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
    wording = Wording.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are of no interest
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            serve(wanted.data, wanted.port, wanted.api, wording)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
