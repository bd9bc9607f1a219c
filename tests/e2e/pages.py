"""The widget and the console as people see them in a browser."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect


class Watched:
    """A page whose complaints are collected."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._noted)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _noted(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


class Widget(Watched):
    """The customer's window on the demo page."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        super().__init__(context)
        self.page.goto(f"{url}/demo/")

    def open(self) -> None:
        self.page.locator("button.launcher").click()
        self.input.wait_for()

    def stretch(self) -> None:
        """Higher than it is, for a picture: few answers are as short as the panel."""
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.panel.evaluate("panel => { panel.style.height = '800px'; }")

    @property
    def panel(self) -> Locator:
        return self.page.locator("section.panel")

    @property
    def input(self) -> Locator:
        return self.panel.locator("form.composer textarea")

    @property
    def replies(self) -> Locator:
        """Everything that is not the visitor's."""
        return self.panel.locator(".message:not(.from-user)")

    @property
    def messages(self) -> Locator:
        return self.panel.locator(".message")

    @property
    def answers(self) -> Locator:
        return self.panel.locator(".message.kind-answer")

    @property
    def tickets(self) -> Locator:
        return self.panel.locator(".message.kind-ticket")

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str, expected: str) -> Locator:
        """Say something and wait for a new reply with `expected` in it."""
        before = self.replies.count()
        self.say(text)
        return self.reply(expected, after=before)

    def reply(self, expected: str, *, after: int = 0) -> Locator:
        """The first reply with `expected` behind the first `after` ones."""
        found = self.panel.locator(f".message:not(.from-user) >> nth={after}")
        found.wait_for()
        new = self.replies.filter(has_text=expected).last
        expect(new).to_be_visible()
        return new

    def call_human(self) -> None:
        """The button in the heading."""
        self.panel.locator("button.human").click()

    def expect_state(self, state: str) -> None:
        expect(self.panel).to_have_attribute("data-state", state)


class Console(Watched):
    """The agent's desk."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        super().__init__(context)
        self._url = url

    def log_in(self, login: str, password: str) -> None:
        self.page.goto(f"{self._url}/console")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button.primary")
        self.page.locator("section.queue").wait_for()

    def open_ticket(self, number: str) -> None:
        """From the queue."""
        self.page.locator(f"tr[data-id='{number}'] td.number a").click()
        self.page.locator(f"[data-ticket='{number}']").wait_for()

    def take(self) -> None:
        self.page.get_by_role("button", name="接手").click()
        expect(self.page.locator("[data-form=reply] button")).to_be_enabled()

    def reply(self, text: str) -> None:
        self.page.fill("[data-form=reply] textarea", text)
        self.page.press("[data-form=reply] textarea", "Control+Enter")
        expect(self.page.locator("#transcript")).to_contain_text(text)

    @property
    def transcript(self) -> Locator:
        return self.page.locator("#transcript")

    @property
    def side(self) -> Locator:
        """What is known about the ticket."""
        return self.page.locator("aside")
