"""What a session begins with: who is talking, whether people are there, and what is announced."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from desk import conversations, duty
from desk.conversations import Change
from desk.session import Session
from gateway.care import promises
from gateway.care.announced import Announced, announced
from gateway.channels.web.identity import IdentityReply, Standing
from gateway.render import Voice
from gateway.services import Services

CHANNEL = "web"
ENGLISH = "en"


class FileLimits(BaseModel):
    """What the widget need not even try: `largest` in bytes, `most` files at once, `kinds` as in [attachments]."""

    largest: int
    most: int
    kinds: list[str]


class Features(BaseModel):
    """What this gateway has."""

    attachments: bool
    files: FileLimits
    identity: bool


class AnnouncementView(BaseModel):
    """A line over the widget."""

    id: int
    text: str
    level: str
    link: str | None


class SessionReply(BaseModel):
    """`name` and `notice` label the assistant as such; `on_duty`: somebody of the team is at work now.

    What is empty, as notice and hours are for who reads English, the widget says in its own words.
    """

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


def greeting(services: Services, token: str, who: str, locale: str, standing: Standing) -> SessionReply:
    """For this visitor, now."""
    now, wording, voice = services.clock(), services.wording, voice_of(locale)
    theirs = locale != ENGLISH
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, who)
        present = bool(duty.on_duty(session, services.hours, now))
        news = announced(session, voice, now)
    message = wording.text(f"web.identity.{standing}") if standing in ("refused", "unavailable") else ""
    return SessionReply(
        token=token,
        conversation=who[:12],
        name=voice.say(wording.text("web.name")),
        notice=voice.say(wording.text("web.notice")) if theirs else "",
        last_seq=found.last_seq if found else 0,
        on_duty=present,
        hours=voice.say(hours_sentence(services, present, now)) if theirs else "",
        features=_features(services),
        identity=IdentityReply(status=standing, message=message),
        announcement=view(news),
    )


def speak(services: Services, who: str, locale: str) -> None:
    """Until they have written, the conversation is in the script of their widget: a first question may not tell, such
    as 登入唔到."""
    voice = voice_of(locale)
    with services.db.read() as session:
        found = conversations.find(session, CHANNEL, who)
    known = Voice(found.script, found.region) if found else Voice("hans", "cn")
    if known == voice or (found and found.last_seq):
        return
    now = services.clock()
    with services.db.write() as session:
        begun = conversations.open_for(session, CHANNEL, who, now=now)
        if not begun.last_seq:
            conversations.update(session, begun.id, Change(script=voice.script, region=voice.region), now=now)


def _features(services: Services) -> Features:
    limits = services.rules.attachments
    return Features(
        attachments=taken(services),
        files=FileLimits(largest=limits.largest, most=limits.per_message, kinds=list(limits.kinds)),
        identity=bool(services.settings.identity_secret),
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
