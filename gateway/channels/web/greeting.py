"""What a session begins with: who is talking, whether people are there, and what is announced."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from desk import conversations, duty
from desk.session import Session
from gateway.care import promises
from gateway.care.announced import Announced, announced
from gateway.channels.web.identity import IdentityReply, Standing
from gateway.render import Voice
from gateway.services import Services

CHANNEL = "web"


class Features(BaseModel):
    """What this gateway has."""

    attachments: bool
    identity: bool


class AnnouncementView(BaseModel):
    """A line over the widget."""

    id: int
    text: str
    level: str
    link: str | None


class SessionReply(BaseModel):
    """`name` and `notice` label the assistant as such; `on_duty`: somebody of the team is at work now."""

    token: str
    conversation: str
    name: str
    notice: str
    last_seq: int
    on_duty: bool
    hours: str
    features: Features
    identity: IdentityReply
    announcement: AnnouncementView | None


def voice_of(locale: str) -> Voice:
    """What nobody has asked for yet is said in the script of the widget's language."""
    return {"zh-TW": Voice("hant", "tw"), "zh-HK": Voice("hant", "hk")}.get(locale, Voice("hans", "cn"))


def greeting(services: Services, token: str, who: str, voice: Voice, standing: Standing) -> SessionReply:
    """For this visitor, now."""
    now, wording = services.clock(), services.wording
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, who)
        present = bool(duty.on_duty(session, services.hours, now))
        news = announced(session, voice, now)
    message = wording.text(f"web.identity.{standing}") if standing in ("refused", "unavailable") else ""
    return SessionReply(
        token=token,
        conversation=who[:12],
        name=voice.say(wording.text("web.name")),
        notice=voice.say(wording.text("web.notice")),
        last_seq=found.last_seq if found else 0,
        on_duty=present,
        hours=voice.say(hours_sentence(services, present, now)),
        features=Features(attachments=taken(services), identity=bool(services.settings.identity_secret)),
        identity=IdentityReply(status=standing, message=message),
        announcement=view(news),
    )


def taken(services: Services) -> bool:
    """Whether files are taken at all."""
    return services.files.usable and bool(services.rules.attachments.kinds)


def current(services: Services, voice: Voice) -> AnnouncementView | None:
    """The announcement of this moment."""
    with services.db.read() as session:
        return view(announced(session, voice, services.clock()))


def voice_for(session: Session, who: str) -> Voice:
    """As the visitor writes, as far as that is known."""
    found = conversations.find(session, CHANNEL, who)
    return Voice(found.script, found.region) if found else Voice("hans", "cn")


def hours_sentence(services: Services, present: bool, now: datetime) -> str:
    """Whether people are there, and when they are there again."""
    if present:
        return services.wording.text("web.hours.open")
    opening = services.hours.next_opening(now)
    if opening is None or services.hours.is_working(now):
        return services.wording.text("web.hours.nobody")
    return services.wording.text("web.hours.closed", opening=promises.moment(services.wording, opening, services.hours))


def view(news: Announced | None) -> AnnouncementView | None:
    """As JSON."""
    return AnnouncementView(**news) if news else None
