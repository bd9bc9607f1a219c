"""An agent who works with the console's forms, without a browser."""

from __future__ import annotations

import uuid

import httpx2


class Agent:
    """Signed in once, for as long as the test lasts."""

    def __init__(self, url: str) -> None:
        self._http = httpx2.Client(base_url=url, headers={"origin": url}, timeout=15.0)

    def log_in(self, login: str, password: str) -> Agent:
        answer = self._http.post("/console/login", data={"login": login, "password": password})
        assert answer.status_code == 303, f"{login} cannot log in: {answer.status_code}"
        return self

    def sees(self, number: str) -> str:
        """The page of a ticket."""
        page = self._http.get(f"/console/tickets/{number}")
        assert page.status_code == 200, page.status_code
        return page.text

    def take(self, number: str) -> None:
        self._act(number, "take", {})

    def reply(self, number: str, text: str) -> None:
        self._act(number, "reply", {"text": text, "key": uuid.uuid4().hex})

    def resolve(self, number: str, solution: str) -> None:
        self._act(number, "resolve", {"solution": solution})

    def _act(self, number: str, action: str, fields: dict[str, str]) -> None:
        answer = self._http.post(f"/console/tickets/{number}/{action}", data=fields)
        assert answer.status_code == 303, f"{action}: {answer.status_code} {answer.text[:300]}"
