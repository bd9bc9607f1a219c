"""A vendor's support office: the whole product with a team, a clock that is moved, and a WeCom robot that listens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk import agents
from desk.agents import Agent, Role
from gateway.notifications.fakes import FakeWeCom
from gongda.clocks import MovedClock
from gongda.replay.processes import free_ports
from tests.e2e.loop import LoopThread
from tests.e2e.serving import Served
from tests.e2e.stack import Stack
from tests.e2e.waiting import until
from tests.e2e.wechat_server import WeChatServer

PASSWORD = "office-2026-pass"


@dataclass(frozen=True)
class Office:
    """Where everything is; `clock` is what all processes take for the time."""

    stack: Stack
    robot: FakeWeCom
    wechat: WeChatServer
    clock: MovedClock
    clock_file: Path

    @property
    def url(self) -> str:
        return self.stack.url

    def set_time(self, moment: str) -> datetime:
        """It is that time now, such as 2026-11-22T22:40:00+08:00, and time goes on from there."""
        beside = self.clock_file.with_suffix(".new")
        beside.write_text(moment, encoding="utf-8")
        beside.replace(self.clock_file)  # half a file would be another time
        return self.clock()

    def hire(self, login: str, name: str, role: Role = "agent", **profile: object) -> Agent:
        """A new colleague with the common password."""
        made = agents.create(self.stack.database, login, PASSWORD, name=name, role=role, now=self.clock())
        skills = profile.pop("skills", ())
        with self.stack.database.write() as session:
            agents.profile(session, made.id, **profile)  # type: ignore[arg-type]
            agents.set_skills(session, made.id, skills)  # type: ignore[arg-type]
        return made

    def paged(self, text: str, within: float = 20.0) -> str:
        """The first message in the team's group with `text` in it."""
        return until(lambda: next((t for t in self.robot.texts() if text in t), ""), within, f"a page with {text!r}")


@contextmanager
def office(folder: Path, loop: LoopThread, now: str) -> Iterator[Office]:
    """Opens at `now`, closes with everything in it."""
    file = folder / "clock"
    file.write_text(now, encoding="utf-8")
    clock = MovedClock(file)
    wechat_port, robot_port = free_ports(2)
    robot = FakeWeCom(clock)
    served = Served(loop, robot.app, robot_port)
    wechat = WeChatServer(loop, wechat_port, clock)
    data = folder / "var"
    data.mkdir()
    stack = Stack(data, wechat.url)
    stack.environment |= {
        "GONGDA_DEV_CLOCK": str(file),
        "GONGDA_WECOM_ROBOT": f"{served.url}{robot.path}?key={robot.key}",
        "GONGDA_PUBLIC_URL": stack.url,
    }
    try:
        stack.start()
        yield Office(stack, robot, wechat, clock, file)
    finally:
        stack.stop()
        wechat.stop()
        served.stop()
