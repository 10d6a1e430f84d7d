"""LocalStack's runtime executor, as a sandbox."""

import os
import sys
import weakref
from pathlib import Path
from typing import Any

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import (
    LambdaRuntimeException,
    RuntimeExecutor,
)

from localstack import config
from process_executor.layers import lay
from process_executor.sandbox import Function, Sandbox

PYTHON = "LAMBDA_PROCESS_PYTHON"
"""Environment of LocalStack: the interpreter that functions run on; its own by default."""
LIBRARIES = "LAMBDA_PROCESS_LIBRARIES"
"""Environment of LocalStack: a folder with what that interpreter should find instead of its own
packages, ``awslambdaric`` above all."""
CREDENTIALS = "LAMBDA_PROCESS_CREDENTIALS"
"""Environment of LocalStack: ``key:secret`` that functions sign with, instead of those of a session
of their role. What stands in for a service that LocalStack hasn't can check such a signature."""

_alive: "weakref.WeakSet[ProcessExecutor]" = weakref.WeakSet()


class ProcessExecutor(RuntimeExecutor):
    """One execution environment of a function."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._sandbox: Sandbox | None = None
        self._told: list[str] = []

    def start(self, env_vars: dict[str, Any]) -> None:
        """Start the process."""
        wanted = self.function_version.config
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        environment = {
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{wanted.runtime or f'python{version}'}",
            **{k: v for k, v in env_vars.items() if k != "AWS_EXECUTION_ENV"},
            **_credentials(),
        }
        if CREDENTIALS in os.environ:
            del environment["AWS_SESSION_TOKEN"]
        self._sandbox = Sandbox(
            Function(
                python=os.environ.get(PYTHON) or sys.executable,
                libraries=os.environ.get(LIBRARIES),
                code=wanted.code.get_unzipped_code_location(),
                opt=_opt(self.function_version),
                environment=environment,
                timeout=wanted.timeout,
            )
        )
        _alive.add(self)
        try:
            self._sandbox.start()
        except OSError as error:
            raise LambdaRuntimeException(
                f"the process of {self.function_version.id.function_name} can't be started: {error}"
            ) from error

    def stop(self) -> None:
        """End the process."""
        if self._sandbox is not None:
            self._sandbox.stop()
        _alive.discard(self)

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Run one invocation to its end, whatever that is."""
        if self._sandbox is None:
            raise LambdaRuntimeException("invoked before it was started")
        outcome = self._sandbox.run(
            request=payload["invoke-id"],
            payload=payload["payload"].encode(),
            arn=payload["invoked-function-arn"],
            trace=payload["trace-id"],
        )
        self._told = [*self._told[-9:], outcome.logs]
        return InvocationResult(
            payload["invoke-id"], outcome.payload, is_error=outcome.failed, logs=outcome.logs
        )

    def get_address(self) -> str:
        """Where it is: here."""
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        """Where LocalStack is, for the function: here, too."""
        return config.HOSTNAME_FROM_LAMBDA or "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        """Not used: the process speaks to its own Runtime API."""
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def get_logs(self) -> str:
        """What the last invocations logged."""
        return "".join(self._told)

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpack code and layers.

        Raises:
            LambdaRuntimeException: it is no Python function.
        """
        wanted = function_version.config
        if wanted.package_type != "Zip" or not str(wanted.runtime or "").startswith("python"):
            raise LambdaRuntimeException(
                f"{function_version.id.function_name} runs on "
                f"{wanted.runtime or wanted.package_type}; the process executor runs Python "
                "functions from zip files. Use LocalStack with Docker for others."
            )
        wanted.code.prepare_for_execution()
        for layer in wanted.layers:
            layer.code.prepare_for_execution()
        _opt(function_version)

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Nothing: what was unpacked goes with LocalStack's own folder."""


def _credentials() -> dict[str, str]:
    if CREDENTIALS not in os.environ:
        return {}
    key, _, secret = os.environ[CREDENTIALS].partition(":")
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}


def end_all() -> None:
    """End every process that still runs."""
    for executor in list(_alive):
        executor.stop()


def _opt(function_version: FunctionVersion) -> Path | None:
    wanted = function_version.config
    layers = [layer.code.get_unzipped_code_location() for layer in wanted.layers]
    return lay(layers, wanted.code.get_unzipped_code_location().with_name("opt"))
