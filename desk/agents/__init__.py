"""Agents: the humans of the support team, what they can do, and whether they are there.

Hashing takes tens of milliseconds by design, so it never runs while the write lock is held:
functions that hash take the Database and make their own short transactions.
"""

from desk.agents.limits import LARGEST_LOAD, LOCALES, LONGEST_SKILL, MOST_SKILLS, Profile
from desk.agents.model import TEAM, Agent, Presence, Role, Tier
from desk.agents.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, create, login, set_password
from desk.agents.presence import AWAY_AFTER, presence_at, seen, seen_lately, set_presence
from desk.agents.profiles import audited, get, leads, listing, profile, set_skills, skills, skills_of, update
from desk.agents.sessions import Login, authenticate, logout

__all__ = [
    "AWAY_AFTER",
    "LARGEST_LOAD",
    "LOCALES",
    "LONGEST_PASSWORD",
    "LONGEST_SKILL",
    "MOST_SKILLS",
    "SHORTEST_PASSWORD",
    "TEAM",
    "Agent",
    "Login",
    "Presence",
    "Profile",
    "Role",
    "Tier",
    "audited",
    "authenticate",
    "create",
    "get",
    "leads",
    "listing",
    "login",
    "logout",
    "presence_at",
    "profile",
    "seen",
    "seen_lately",
    "set_password",
    "set_presence",
    "set_skills",
    "skills",
    "skills_of",
    "update",
]
