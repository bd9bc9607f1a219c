"""Scripted conversations through the real channel code of a scratch stack that never touches the running system.

with scratch_stack(load_settings()) as stack:
    result = stack.play(Script.saying("web", "导入报错 ERR-1042 怎么处理"))
"""

from gongda.replay.errors import BadScript
from gongda.replay.results import ScriptResult, TurnResult
from gongda.replay.script import Script, Turn, read_scripts
from gongda.replay.stack import ScratchStack, scratch_stack

__all__ = ["BadScript", "ScratchStack", "Script", "ScriptResult", "Turn", "TurnResult", "read_scripts", "scratch_stack"]
