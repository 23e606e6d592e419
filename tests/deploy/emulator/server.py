"""Run ministack with our ECR on top, until whoever started it is gone.

Runs in the emulator's own environment:
``python -m tests.deploy.emulator.server MODELS``, where ``MODELS`` is the folder that
:mod:`tests.deploy.emulator.aws_models` wrote. The names that it hooks into are
ministack's private ones, so ministack stays pinned.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from ministack.app import main as serve
from ministack.services import ecr
from tests.deploy.emulator import iam, repositories
from tests.deploy.emulator.account_settings import AccountSettings
from tests.deploy.emulator.creation_templates import RepositoryCreationTemplates
from tests.deploy.emulator.events import let_clients_send_for_services
from tests.deploy.emulator.operations import Operations
from tests.deploy.emulator.profile_permissions import allow_signing
from tests.deploy.emulator.provisioners import register
from tests.deploy.emulator.public_repository_type import PublicRepository
from tests.deploy.emulator.pull_through_cache import PullThroughCacheRules
from tests.deploy.emulator.pull_time_exclusions import PullTimeUpdateExclusions
from tests.deploy.emulator.registry_settings import RegistrySettings
from tests.deploy.emulator.repository_type import Repository
from tests.deploy.emulator.resource_types import ResourceType, registry_types
from tests.deploy.emulator.schemas import Schema
from tests.deploy.emulator.secret_type import use_arns
from tests.deploy.emulator.service_model import RequestModel
from tests.deploy.emulator.stand_ins import register_stand_ins


def extend(models: Path) -> None:
    """Put our operations and resource types into ministack."""
    operations = Operations(RequestModel(json.loads((models / "service-2.json").read_text())))
    for group in (
        AccountSettings(),
        RegistrySettings(),
        PullThroughCacheRules(),
        RepositoryCreationTemplates(),
        PullTimeUpdateExclusions(),
    ):
        operations.add(group.operations())
    operations.add(repositories.operations())
    repositories.show_filters()
    repositories.guard_registry_protocol()
    iam.complete(operations)
    ecr.handle_request = operations.handle_request

    schemas = json.loads((models / "schemas.json").read_text())
    types: dict[str, ResourceType] = {
        "AWS::ECR::PublicRepository": PublicRepository(),
        "AWS::ECR::Repository": Repository(operations=operations),
        **registry_types(operations),
    }
    for name, resource in types.items():
        register(name, resource, Schema(schemas[name]))
    let_clients_send_for_services()
    use_arns()
    allow_signing()
    register_stand_ins()


def end_with_parent() -> None:
    """Kill this process group when standard input closes, as it does when the parent dies."""
    # Read past Python's buffer: its lock would be held when the process ends by itself.
    while os.read(0, 1):
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def main() -> None:
    """Watch the parent and serve."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    extend(Path(sys.argv.pop(1)))
    serve()


if __name__ == "__main__":
    main()
