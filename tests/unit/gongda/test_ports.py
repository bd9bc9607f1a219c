import socket

import pytest

from gongda.errors import PortTaken
from gongda.ports import listening, require_free


def test_a_taken_port_is_named_together_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(PortTaken, match=f"{port}.*GONGDA_PORT"):
            require_free(port, "GONGDA_PORT")
        assert listening(port)

    assert not listening(port)
    require_free(port, "GONGDA_PORT")
