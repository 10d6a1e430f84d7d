"""What LocalStack finds through entry points; imports nothing heavy before it is asked for."""

from typing import Any

from localstack.runtime import hooks
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """``LAMBDA_RUNTIME_EXECUTOR=process``."""

    name = "process"

    def load(self, *args: Any, **kwargs: Any) -> type:
        """The executor's class."""
        from process_executor import batches, polling, streams  # noqa: PLC0415
        from process_executor.executor import ProcessExecutor  # noqa: PLC0415 (loads the provider)

        polling.patch()
        streams.patch()
        batches.patch()
        return ProcessExecutor


@hooks.on_infra_start()
def use_dynamodb_jars() -> None:
    """Before anything asks for DynamoDB."""
    from process_executor.dynamodb import patch  # noqa: PLC0415

    patch()


@hooks.on_infra_start()
def keep_objects_apart() -> None:
    """Before anything asks for S3."""
    from process_executor.storage import patch  # noqa: PLC0415

    patch()


@hooks.on_infra_start()
def spare_work() -> None:
    """Before anything is asked."""
    from process_executor import garbage, headers  # noqa: PLC0415

    headers.patch()
    garbage.patch()


@hooks.on_infra_start()
def answer_to_name() -> None:
    """``/_process_executor`` says who this is, so that whoever started it knows it again;
    ``/_process_executor/messages`` shows queues."""
    import os  # noqa: PLC0415
    import sys  # noqa: PLC0415

    from localstack.services.edge import ROUTER  # noqa: PLC0415

    from process_executor.queues import messages  # noqa: PLC0415

    said = {
        "name": os.environ.get("PROCESS_EXECUTOR_NAME", ""),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }

    def show(request: Any) -> dict[str, Any]:
        asked = request.args
        names = set(asked.get("queues", "").split(","))
        return messages(asked["account"], asked["region"], names)

    ROUTER.add("/_process_executor", lambda request: said)
    ROUTER.add("/_process_executor/messages", show)


@hooks.on_infra_shutdown(priority=100)
def end_functions() -> None:
    """First of all: what else shuts down may hang, and functions must not outlive it."""
    import sys  # noqa: PLC0415

    if "process_executor.executor" in sys.modules:
        sys.modules["process_executor.executor"].end_all()
