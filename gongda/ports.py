"""Is a port free, and who answers on it?"""

from __future__ import annotations

import socket

from gongda.errors import PortTaken


def require_free(port: int, setting: str, host: str = "127.0.0.1") -> None:
    """Raises PortTaken naming the setting that moves it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"端口 {port} 已被占用；请停掉占用它的程序，或用环境变量 {setting} 换一个端口") from error


def listening(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.3)
        return probe.connect_ex((host, port)) == 0
