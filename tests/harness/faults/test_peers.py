"""Which process is at the other end of a connection."""

from pathlib import Path

from harness.faults import Peers


def test_a_port_that_nobody_holds_is_nobodys(tmp_path: Path) -> None:
    assert Peers().find(1) is None
    assert Peers(tmp_path).find(1) is None
    assert Peers(tmp_path).function(1) is None
