"""A LocalStack that stands behaves as one that the harness starts."""

from pathlib import Path

import yaml

from harness.targets.localstack.program import settings

COMPOSE = Path(__file__).parents[4] / "localstack" / "docker-compose.yml"
_OF_A_RUN = {"PYTHONUNBUFFERED", "LS_LOG", "SKIP_SSL_CERT_DOWNLOAD", "PROCESS_EXECUTOR_NAME"}
"""How it speaks, and what it is called: none of it changes an answer."""


def test_the_compose_file_has_each_setting_that_the_harness_gives() -> None:
    given = {n: v for n, v in settings(port=4566, name="any").items() if n not in _OF_A_RUN}
    (service,) = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"].values()
    stands = {name: str(value) for name, value in service["environment"].items()}
    assert {name: stands.get(name) for name in given} == given
