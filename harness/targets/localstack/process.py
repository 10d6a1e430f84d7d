"""LocalStack without Docker: from PyPI, with functions as processes and DynamoDB from Maven."""

from functools import partial

from harness.targets.emulator import EmulatorTarget, Program
from harness.targets.endpoint import Progress, Python
from harness.targets.localstack import program
from harness.targets.localstack.installation import installation_of
from harness.targets.localstack.jars import libraries_of
from harness.targets.localstack.java import find_java
from harness.targets.localstack.shipped import EMULATOR

_PATIENCE = 90.0
"""Seconds it has to answer: 3 to 5 usually, more the first time, when bytecode is compiled."""


class LocalStackProcess(EmulatorTarget):
    """LocalStack in an environment and process group of its own, on a loopback port."""

    name = "localstack"

    def prepare(self, progress: Progress) -> Program:
        """Find Java, make LocalStack's environment and fetch DynamoDB Local, once."""
        java = find_java(self._user)
        libraries = libraries_of(self._home, self._user, progress)
        installed = installation_of(self._home, self._user, progress)
        environment = partial(program.clean_environment, installed, java, libraries)
        return Program(
            emulator=EMULATOR,
            command=program.command(installed),
            environment=lambda port, scratch: environment(port=port, scratch=scratch),
            ours=program.ours,
            python=Python(
                version=installed.version,
                platform="",
                executable=installed.functions,
                reads_our_files=True,
            ),
            patience=_PATIENCE,
        )
