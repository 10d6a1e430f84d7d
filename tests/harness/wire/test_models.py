"""What is known of AWS's services, and how it is kept."""

from pathlib import Path

import botocore
import pytest

from harness.wire import WireError
from harness.wire.models import Models


def test_every_service_is_known_by_target_signature_and_version(models: Models) -> None:
    assert models.by_prefix["DynamoDB_20120810"] == ("dynamodb",)
    assert models.by_signing["ses"][0] == "ses"
    assert "sesv2" in models.by_signing["ses"]
    assert "sns" in models.by_version["2010-03-31"]


def test_the_index_is_kept_by_botocores_version(tmp_path: Path) -> None:
    made = Models(tmp_path).services
    kept = tmp_path / f"botocore-{botocore.__version__}.json"
    assert kept.is_file()
    stamp = kept.stat().st_mtime_ns
    assert Models(tmp_path).services == made
    assert kept.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("damage", [b"", b"{", b'{"services": [{"name": 7}]}'])
def test_a_damaged_index_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    kept = tmp_path / f"botocore-{botocore.__version__}.json"
    kept.write_bytes(damage)
    assert "dynamodb" in Models(tmp_path).services


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "sqs" in Models(tmp_path / "file" / "folder").services


def test_an_unknown_name_is_told_with_the_nearest(models: Models) -> None:
    with pytest.raises(WireError, match="did you mean 'secretsmanager'"):
        models.operation("secretmanager", "GetSecretValue")
    with pytest.raises(WireError, match="did you mean 'GetSecretValue'"):
        models.operation("secretsmanager", "getsecretvalue")
