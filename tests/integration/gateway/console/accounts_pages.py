"""The routes about customers, with a form and who may use them."""

from __future__ import annotations

TEAM, LEADERS = {"agent", "lead", "admin"}, {"lead", "admin"}
ACCOUNT = "/console/accounts/{account_id}"
CONTACT = "/console/contacts/{contact_id}"

ACCOUNTS = [
    ("GET", "/console/accounts", {}, TEAM),
    ("GET", "/console/new-account", {}, LEADERS),
    ("POST", "/console/new-account", {"name": "丁公司"}, LEADERS),
    ("GET", ACCOUNT, {}, TEAM),
    ("POST", ACCOUNT, {"name": "丁公司"}, LEADERS),
    ("GET", f"{ACCOUNT}/edit", {}, LEADERS),
    ("POST", f"{ACCOUNT}/sites", {"site": "三标"}, LEADERS),
    ("POST", f"{ACCOUNT}/sites/{{site_id}}/remove", {}, LEADERS),
    ("POST", f"{ACCOUNT}/licences", {"licences": "GD777777"}, LEADERS),
    ("POST", f"{ACCOUNT}/licences/{{licence_id}}/remove", {}, LEADERS),
    ("GET", f"{ACCOUNT}/merge", {"other": "2"}, LEADERS),
    ("POST", f"{ACCOUNT}/merge", {"other": "2", "keep": "1"}, LEADERS),
    ("GET", "/console/import-accounts", {}, LEADERS),
    ("POST", "/console/import-accounts", {}, LEADERS),
    ("GET", "/console/accounts-template.xlsx", {}, LEADERS),
    ("GET", "/console/contacts", {}, TEAM),
    ("GET", CONTACT, {}, TEAM),
    ("POST", CONTACT, {"person": "王工"}, TEAM),
    ("POST", f"{CONTACT}/attach", {"account": "2"}, TEAM),
    ("GET", f"{CONTACT}/merge", {"other": "2"}, TEAM),
    ("POST", f"{CONTACT}/merge", {"other": "2", "keep": "1"}, TEAM),
]
