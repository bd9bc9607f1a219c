#!/bin/sh
# Creates .venv (Python 3.11) and .venv-engine (Python 3.10) from the constraints files.
# Runs again only when pyproject.toml or the constraints have changed. One clear sentence for whatever is missing.
set -eu
cd "$(dirname "$0")/.."

NEEDED_MB=6000  # both environments: 2.7 GB for Rasa, 1.6 GB for torch and the rest, and room for pip's work

fail() { printf '✗ %s\n' "$1" >&2; exit 1; }

works() { "$1" -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != ($2))" >/dev/null 2>&1; }

# A python3.10 on PATH can be a pyenv shim that answers "command not found", so each candidate is tried.
find_python() { # 3.10 "3, 10"
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python /usr/bin/"python$1" \
        /usr/local/bin/"python$1" /opt/*/bin/"python$1" python3; do
        if works "$candidate" "$2"; then echo "$candidate"; return 0; fi
    done
    if command -v uv >/dev/null 2>&1; then
        candidate=$(uv python find "$1" 2>/dev/null || true)
        if [ -n "$candidate" ] && works "$candidate" "$2"; then echo "$candidate"; return 0; fi
    fi
    return 1
}

wanted() { cat pyproject.toml "$1" scripts/setup.sh | cksum; }

make_env() { # folder version "3, 10" extras constraints
    stamp="$1/.gongda-setup"
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted "$5")" ]; then return 0; fi
    python=$(find_python "$2" "$3") || fail "没有找到可用的 Python $2（含 venv）。请安装它：Debian 可用 pyenv install $2 或 uv python install $2，再重新运行。"
    free=$(df -Pm . | awk 'NR==2 {print $4}')
    if [ ! -d "$1" ] && [ "$free" -lt "$NEEDED_MB" ]; then fail "磁盘只剩 ${free} MB，建环境至少需要 ${NEEDED_MB} MB。"; fi
    printf '→ 建立 %s（Python %s），首次约 2–4 分钟……\n' "$1" "$2"
    [ -x "$1/bin/python" ] || "$python" -m venv "$1"
    log="$1/setup.log"
    install "$1" "$4" "$5" >"$log" 2>&1 || { tail -n 15 "$log" >&2; fail "安装 $1 的依赖失败，完整记录在 $log"; }
    wanted "$5" >"$stamp"
    printf '✓ %s 就绪\n' "$1"
}

install() { # folder extras constraints
    pip="$1/bin/python -m pip --disable-pip-version-check"
    case "$1" in
    .venv)
        # The newest torch on Linux pulls several GB of CUDA libraries: take the CPU build first.
        torch=$(sed -n 's/^torch==//p' "$3")
        if [ -n "${GONGDA_TORCH_INDEX:-}" ]; then
            $pip install "torch==$torch" --index-url "$GONGDA_TORCH_INDEX"
        else
            $pip install "torch==$torch" -c "$3"
        fi
        ;;
    esac
    $pip install -c "$3" -e ".[$2]"
}

make_env .venv-engine 3.10 "3, 10" engine,engine-dev constraints/py310-engine.txt
make_env .venv 3.11 "3, 11" service,service-dev constraints/py311-service.txt
