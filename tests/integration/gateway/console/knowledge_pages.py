"""Every route of the knowledge pages, and who may use it."""

from __future__ import annotations

from typing import Any

from tests.integration.gateway.console.knowledge_world import form

EVERYONE = {"agent", "lead", "editor", "admin"}
EDITORS = {"lead", "editor", "admin"}
ENTRY = "/console/entries/{entry_id}"
GAP = "/console/gaps/{gap_id}"

# Method, path, form, who may; the entry it is tried on.
KNOWLEDGE: list[tuple[str, str, dict[str, Any], set[str], str]] = [
    ("GET", "/console/entries", {}, EVERYONE, ""),
    ("POST", "/console/entries/submit", {"entry": "faq-draft@1"}, EDITORS, ""),
    ("GET", ENTRY, {}, EVERYONE, "faq-live"),
    ("GET", f"{ENTRY}/edit", {}, EVERYONE, "faq-live"),
    ("POST", f"{ENTRY}/draft", form(base="?", title="改过的标题"), EVERYONE, "faq-live"),
    ("POST", f"{ENTRY}/submit", {"number": "1"}, EDITORS, "faq-draft"),
    ("POST", f"{ENTRY}/retire", {"reason": "不再需要"}, EDITORS, "faq-live"),
    ("POST", f"{ENTRY}/restore", {}, EDITORS, "faq-live"),
    ("POST", f"{ENTRY}/owner", {"owner": "流程组"}, EDITORS, "faq-live"),
    ("POST", f"{ENTRY}/review", {"until": "2027-06-01"}, EDITORS, "faq-live"),
    ("POST", f"{ENTRY}/approve", {"number": "1"}, EDITORS, "faq-wait"),
    ("POST", f"{ENTRY}/reject", {"number": "1", "comment": "再想想"}, EDITORS, "faq-wait"),
    ("POST", f"{ENTRY}/pins/{{pin_id}}/remove", {}, EDITORS, "faq-live"),
    ("POST", "/console/pins", {"question": "存不了", "entry_id": "faq-live"}, EDITORS, ""),
    ("GET", "/console/new-entry", {}, EVERYONE, ""),
    ("POST", "/console/new-entry", form(entry_id="entry-new"), EVERYONE, ""),
    ("POST", "/console/preview", form(), EVERYONE, ""),
    ("GET", "/console/review", {}, EDITORS, ""),
    ("POST", "/console/review", {"entry": "faq-wait@1"}, EDITORS, ""),
    ("GET", "/console/gaps", {}, EDITORS, ""),
    ("POST", "/console/gaps/cluster", {}, EDITORS, ""),
    ("GET", GAP, {}, EDITORS, ""),
    ("GET", f"{GAP}/talk/{{question_id}}", {}, EDITORS, ""),
    ("POST", f"{GAP}/rename", {"title": "图纸水印"}, EDITORS, ""),
    ("POST", f"{GAP}/merge", {"into": "2"}, EDITORS, ""),
    ("POST", f"{GAP}/dismiss", {"reason": "与产品无关"}, EDITORS, ""),
    ("POST", f"{GAP}/reopen", {}, EDITORS, "drafted"),
    ("GET", "/console/publications", {}, EDITORS, ""),
    ("POST", "/console/publications", {"action": "publish"}, EDITORS, ""),
    ("POST", "/console/publications/rollback", {"build_id": "b1", "reason": "答错了"}, EDITORS, ""),
    ("GET", "/console/publications/{publication_id}", {}, EDITORS, ""),
    ("GET", "/console/jobs/{job_id}", {}, EDITORS, ""),
    ("GET", "/console/imports", {}, EDITORS, ""),
    ("POST", "/console/imports", {}, EDITORS, ""),
]
