#!/bin/sh
# What the tests need beyond Python: Chromium, a CJK font and PostgreSQL's server, from Debian when we may install.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-wqy-zenhei"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf '→ 安装测试所需：%s\n' "$missing"
    # shellcheck disable=SC2086
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing fontconfig; } >/tmp/gongda-test-setup.log 2>&1 && exit 0
    printf '✗ 安装失败，记录在 /tmp/gongda-test-setup.log；没有它们的测试会跳过并说明原因。\n' >&2
    exit 0
fi
printf '✗ 缺少%s：浏览器与 PostgreSQL 测试会跳过。请用管理员运行 apt-get install%s\n' "$missing" "$missing" >&2
