"""How busy a machine is, by what its kernel says."""

from pathlib import Path

import pytest

from harness.search.machine import Machine

GB = 2**20  # in the kernel's kB


class Kernel:
    """What /proc says, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 0.0
        self._busy = self._idle = 1000
        self.memory(16 * GB)
        self._write()

    def passes(self, seconds: float, *, idle: float) -> None:
        self.now += seconds
        self._idle += int(200 * seconds * idle)
        self._busy += int(200 * seconds * (1 - idle))
        self._write()

    def memory(self, available: int) -> None:
        told = f"MemTotal: 99999999 kB\nMemAvailable:   {available} kB\n"
        (self.folder / "meminfo").write_text(told)

    def _write(self) -> None:
        line = f"cpu  {self._busy} 0 0 {self._idle} 0 0 0 0 0 0\ncpu0 1 2 3 4\n"
        (self.folder / "stat").write_text(line)


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path)


@pytest.fixture
def machine(kernel: Kernel) -> Machine:
    return Machine(proc=kernel.folder, clock=lambda: kernel.now)


def test_an_idle_one_has_room_and_a_busy_one_is_full(kernel: Kernel, machine: Machine) -> None:
    kernel.passes(1, idle=0.5)
    assert (machine.has_room(), machine.is_full()) == (True, False)
    kernel.passes(1, idle=0.15)
    assert (machine.has_room(), machine.is_full()) == (False, False)
    kernel.passes(1, idle=0.0)
    assert (machine.has_room(), machine.is_full()) == (False, True)


def test_nothing_is_said_before_a_second_was_measured(kernel: Kernel, machine: Machine) -> None:
    kernel.passes(0.9, idle=0.9)
    assert (machine.has_room(), machine.is_full()) == (False, False)
    kernel.passes(0.1, idle=0.9)
    assert machine.has_room()


def test_what_was_measured_before_a_lane_started_says_nothing(
    kernel: Kernel, machine: Machine
) -> None:
    kernel.passes(1, idle=0.9)
    assert machine.has_room()
    machine.started()
    assert not machine.has_room()
    kernel.passes(1, idle=0.9)
    assert machine.has_room()


def test_without_memory_there_is_no_room(kernel: Kernel, machine: Machine) -> None:
    kernel.memory(1 * GB)
    kernel.passes(1, idle=0.9)
    assert not machine.has_room()


def test_where_no_kernel_says_anything_it_is_just_right(tmp_path: Path) -> None:
    now = iter(range(99))
    machine = Machine(proc=tmp_path / "none", clock=lambda: float(next(now)))
    assert not any([machine.has_room(), machine.is_full()])
