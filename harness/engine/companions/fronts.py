"""The GraphQL APIs that a stage's target can't have, served beside it."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from harness.deploy import Template, missed
from harness.engine.companions.companion import Companion
from harness.engine.companions.overheard import Overheard
from harness.model import Capability, Stage
from harness.targets import Endpoint
from harness.targets.appsync import AppSyncFront
from harness.targets.appsync.addresses import Place, apis_of, attributes_of
from harness.targets.appsync.intrinsics import account_of, has_api
from harness.targets.loopback import port_of, reserve


@dataclass(frozen=True)
class Fronts:
    """Makes a front for each API of a template where the target has no AppSync of its own."""

    template: Template
    stack: str
    record: Overheard
    held: ExitStack
    """Gets what ends with the stage."""
    discovery: Mapping[str, str] = field(default_factory=dict)
    """Issuer → where its OpenID discovery is served, for one whose name isn't its address."""

    def companions(self, endpoint: Endpoint, *, wanted: bool) -> list[Companion]:
        """One for each API; none unless ``wanted``, or what is deployed can't do without it."""
        body = self.template.body
        place = Place(self.stack, endpoint.region, account_of(endpoint.credentials))
        apis = apis_of(body)
        known = attributes_of(body, dict.fromkeys(apis, 0), place).keys()
        if endpoint.can(Capability.APPSYNC) or not (
            wanted or missed(self.template, endpoint) & known
        ):
            return []
        return [self._companion(name, place) for name in apis]

    def _companion(self, api: str, place: Place) -> Companion:
        front = _Front(self, api, reserve(what="the local AppSync"))
        self.held.callback(front.stop)
        ports = {api: port_of(front.reserved)}
        return Companion(
            what=f"the local AppSync ({api})",
            bind=front.serve,
            errors=front.errors,
            stand_ins=attributes_of(self.template.body, ports, place),
        )


@dataclass
class _Front:
    """One API's front, from its port to its end."""

    settings: Fronts
    api: str
    reserved: socket.socket
    running: AppSyncFront | None = None

    def serve(self, stage: Stage) -> None:
        """Serve the API, if the stage has it: one whose condition doesn't hold isn't there."""
        whole = replace(stage, template=stage.described)
        if not has_api(whole, self.api):
            return
        ear = self.settings.record.ear()
        self.running = AppSyncFront(
            whole,
            reserved=self.reserved,
            api=self.api,
            record=ear,
            meddler=ear,
            told=self.settings.record.told,
            discovery=self.settings.discovery,
        )
        self.running.start()

    def errors(self) -> list[Exception]:
        return self.running.errors if self.running else []

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop()
        self.reserved.close()
