"""How the front calls a Lambda function."""

from dataclasses import dataclass
from typing import Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness.model import Json, Stage
from harness.sdl import jsontext


@dataclass(frozen=True)
class Invocation:
    """What a function answered."""

    result: Json
    error: str | None = None
    """Lambda's ``FunctionError`` (``Unhandled``), or the name of Lambda's own refusal."""

    @property
    def message(self) -> str:
        """What the error says."""
        if isinstance(self.result, dict):
            return str(self.result.get("errorMessage") or self.result.get("message") or self.error)
        return str(self.result or self.error)


class Invoke(Protocol):
    """Calls a function by its deployed name and waits for its answer."""

    async def __call__(self, function: str, payload: Json) -> Invocation:
        """Errors are in the answer; nothing is raised."""
        ...


class LambdaInvoke:
    """Over the stage's own endpoint. Its connections belong to the loop that uses it first."""

    def __init__(self, stage: Stage, *, seconds: float = 60) -> None:
        self._endpoint = stage.endpoint or f"https://lambda.{stage.region}.amazonaws.com"
        credentials = Credentials(
            stage.credentials.get("aws_access_key_id", "test"),
            stage.credentials.get("aws_secret_access_key", "test"),
            stage.credentials.get("aws_session_token"),
        )
        self._signer = SigV4Auth(credentials, "lambda", stage.region)
        self._seconds = seconds
        self._session: ClientSession | None = None

    async def __call__(self, function: str, payload: Json) -> Invocation:
        """One synchronous invocation, never repeated."""
        url = f"{self._endpoint}/2015-03-31/functions/{function}/invocations"
        request = AWSRequest("POST", url, data=jsontext.dumps(payload).encode())
        self._signer.add_auth(request)
        try:
            async with self._connections().post(
                url, data=request.data, headers=dict(request.headers.items())
            ) as answer:
                result = _parsed(await answer.read())
                if answer.status >= 300:
                    kind = answer.headers.get("x-amzn-ErrorType", f"{answer.status}")
                    return Invocation(result, kind.partition(":")[0])
                return Invocation(result, answer.headers.get("X-Amz-Function-Error"))
        except (ClientError, TimeoutError, OSError) as error:
            return Invocation(f"{type(error).__name__}: {error}", "SdkClientException")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _connections(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=0), timeout=ClientTimeout(total=self._seconds)
            )
        return self._session


def _parsed(raw: bytes) -> Json:
    try:
        return jsontext.loads(raw or b"null")
    except ValueError:
        return raw.decode("utf-8", "replace")
