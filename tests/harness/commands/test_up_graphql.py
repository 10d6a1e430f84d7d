"""A standing stage with a GraphQL API, as somebody at a prompt and as verify use it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.loans import stageproof
from tests.harness.commands.watching import PATIENCE, until

PARCELS = Path(__file__).parents[2] / "apps" / "parcels"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Its root, and the file with what it says."""
    folder = tmp_path_factory.mktemp("parcels")
    root = Path(shutil.copytree(PARCELS, folder / "parcels"))
    said = folder / "said.txt"
    with said.open("w") as output:
        process = stageproof(root, "up", output=output)
    until(
        lambda: "Take it down" in said.read_text() or process.poll() is not None, "the stage is up"
    )
    assert process.poll() is None, said.read_text()
    yield root, said
    process.terminate()
    process.wait(PATIENCE)


def test_it_says_where_graphql_and_its_subscriptions_are(up: tuple[Path, Path]) -> None:
    said = up[1].read_text()
    assert re.search(r"GraphQL +http://127\.0\.0\.1:\d+/graphql\n", said)
    assert re.search(r"realtime +ws://127\.0\.0\.1:\d+/graphql/realtime\n", said)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_its_graphql_call_works_as_it_is_printed(up: tuple[Path, Path]) -> None:
    said = up[1].read_text()
    (export,) = re.findall(r"^  (export API_KEY=\S+)$", said, re.MULTILINE)
    (call,) = re.findall(r"^  (curl .*/graphql)$", said, re.MULTILINE)
    answer = subprocess.check_output(["sh", "-c", f"{export}\n{call}"], text=True)
    assert json.loads(answer) == {"data": {"parcel": None}}


def test_verify_uses_it_with_a_front_of_its_own(up: tuple[Path, Path]) -> None:
    process = stageproof(up[0], "verify", "--up", "-k", "health", "--evidence", "evidence")
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    sheet = json.loads((up[0] / "evidence" / "stage-main.json").read_text())
    assert any("ParcelsApi.GraphQLUrl" in line for line in sheet["stood_in"])
    assert sheet["outputs"]["GraphQLUrl"] not in up[1].read_text().partition("lent")[0]
