# Every word worth knowing. `make` alone lists them.
.DEFAULT_GOAL := help
PY := .venv/bin/python
ENGINE_PY := .venv-engine/bin/python

.PHONY: help setup run test lint format types unit engine conversations e2e campaign eval clean

help: ## 列出所有命令
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## 建好两个 Python 环境（.venv 与 .venv-engine）
	@sh scripts/setup.sh

run: setup ## 准备缺的东西并启动全部进程
	@.venv/bin/gongda up

test: setup ## 装好测试所需，跑检查与全部测试（两个 Python）
	@sh scripts/setup-tests.sh
	@$(MAKE) --no-print-directory lint unit engine conversations e2e

lint: ## 代码风格、类型、分层规则
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-cache
	@$(MAKE) --no-print-directory types

types: ## mypy strict：3.11 全部，bot/ 在 3.10 环境里
	@$(PY) -m mypy
	@$(ENGINE_PY) -m mypy --config-file bot/mypy.ini -p bot

format: ## 自动排版
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

unit: ## 单元、集成与契约测试（3.11）
	@$(PY) -m pytest tests/unit tests/integration tests/contract -q -n auto --dist loadfile

engine: ## 引擎一侧的测试（3.10）
	@$(ENGINE_PY) -m pytest tests/engine -q

e2e: ## 真实浏览器对着假服务器，然后真实进程、真实浏览器
	@$(PY) -m pytest tests/e2e -q -m "not e2e" -n 2 --dist loadfile
	@$(PY) -m pytest tests/e2e -q -m e2e

conversations: ## 整段对话，用真实引擎逐句核对（tests/conversations/*.yml）
	@$(PY) -m pytest tests/conversations -q -n 2 -o disable_test_id_escaping_and_forfeit_all_rights_to_community_support=true

campaign: ## 耗时的评测与故障演练，结果写入 evaluation/results/
	@sh scripts/campaign.sh

clean: ## 删掉数据、模型与日志（保留两个环境）
	rm -rf var
