"""Every route of incidents and daily reports: method, path, form, who may, and the state the incident has to be in."""

from __future__ import annotations

TEAM, LEADERS = {"agent", "lead", "admin"}, {"lead", "admin"}
ONE = "/console/incidents/{incident_id}"
FIELDS = {
    "title": "登录服务故障", "category": "login", "module": "登录", "code": "", "words": "登录不上去",
    "message": "登录服务器正在抢修。", "workaround": "先用手机端登录。",
}  # fmt: skip

INCIDENTS = [
    ("GET", "/console/incidents", {}, TEAM, "proposed"),
    ("GET", "/console/incidents/new", {}, TEAM, "proposed"),
    ("POST", "/console/incidents/new", {**FIELDS, "module": "报表中心", "category": "report"}, TEAM, "proposed"),
    ("GET", ONE, {}, TEAM, "proposed"),
    ("POST", f"{ONE}/preview", FIELDS, TEAM, "proposed"),
    ("POST", f"{ONE}/save", FIELDS, LEADERS, "proposed"),
    ("POST", f"{ONE}/confirm", FIELDS, LEADERS, "proposed"),
    ("POST", f"{ONE}/close", {"resolution": "已修好"}, LEADERS, "confirmed"),
    ("POST", f"{ONE}/dismiss", {"reason": "互不相关"}, LEADERS, "proposed"),
    ("POST", f"{ONE}/merge", {"into": "2"}, LEADERS, "proposed"),
    ("POST", f"{ONE}/link", {"tickets": "{number}"}, TEAM, "proposed"),
    ("POST", f"{ONE}/unlink", {"tickets": "{number}"}, TEAM, "proposed"),
    ("GET", "/console/daily", {}, TEAM, "proposed"),
    ("GET", "/console/daily/{day}", {}, TEAM, "proposed"),
]
