"""Checkup: which routes a diagnosis looks at, and what is open while it walks one of them.

The command and the screen both come through here, so that they cannot find different things.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

from tui.chat.catalogue import Model
from tui.chat.workspace import Workspace
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.probe.diagnosis import Diagnosis, Patient
from tui.stream.probe.witness import Witness
from tui.stream.record import Record


def find_patients(workspace: Workspace, environ: Mapping[str, str], model: Model | None) -> list[Patient]:
    """The one route of this model; without a model the default route, asked for the first model that it lists."""
    if model is not None:
        return [Patient(model.provider, model.id, environ)]
    provider = workspace.routes.providers.get(workspace.routes.default or "")
    return [] if provider is None else [Patient(provider, None, environ)]


def find_all_patients(workspace: Workspace, environ: Mapping[str, str]) -> list[Patient]:
    """Every provider, with the model that the config names there, else the one last used there."""
    patients = []
    for provider in workspace.routes.providers.values():
        route, _, name = (workspace.config.model or "").partition("/")
        last = workspace.state.last_used.get(provider.name)
        patients.append(Patient(provider, name if route == provider.name and name else last, environ))
    return patients


@asynccontextmanager
async def open_diagnosis(
    patient: Patient, mask: Masker, keep: Callable[[Record], object]
) -> AsyncGenerator[Diagnosis, None]:
    """A diagnosis with a client of its own, which asks nothing twice; `keep` takes the record of each request."""
    witness = Witness()
    async with Client(patient.environ, mask, retries=0, transport=witness) as client:
        yield Diagnosis(patient, client, witness, keep)
