"""What a template writes out, where the model holds the default either way.

Layer: review. Amazon ECR encrypts with AES256 where a repository says nothing,
and so the model reads nothing and ``AES256`` alike. CloudFormation does not: to
add ``EncryptionConfiguration`` to a repository that has none, or to take it away,
is a change of a property that cannot change, and replaces the repository.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ecr_constructs.errors import SourceError
from ecr_constructs.model.repository import Origin
from ecr_constructs.sources.documents import read_template

_ENCRYPTION: Final = "EncryptionConfiguration"
_NO_VALUE: Final = {"Ref": "AWS::NoValue"}


class Written:
    """The templates of an assembly, each read once and only if it is asked for.

    Args:
        assembly: The directory that ``cdk synth`` writes, or one template; None
            where there are no files.
    """

    def __init__(self, assembly: Path | None) -> None:
        self._assembly = assembly
        self._resources: dict[str, Mapping[str, Any]] = {}

    def encryption(self, origin: Origin | None) -> bool | None:
        """Tell whether a repository writes its encryption out; None where that is not known."""
        if origin is None or self._assembly is None:
            return None
        if origin.template not in self._resources:
            self._resources[origin.template] = self._read(self._assembly, origin.template)
        body = self._resources[origin.template].get(origin.logical_id)
        properties = body.get("Properties", {}) if isinstance(body, dict) else None
        if not isinstance(properties, dict) or any(name.startswith("Fn::") for name in properties):
            return None
        return bool(properties.get(_ENCRYPTION, _NO_VALUE) != _NO_VALUE)

    def _read(self, assembly: Path, template: str) -> Mapping[str, Any]:
        file = assembly / template if assembly.is_dir() else assembly
        try:
            document = read_template(file)
        except SourceError:
            return {}  # a file that has changed since it was read
        resources = document.get("Resources") if isinstance(document, dict) else None
        return resources if isinstance(resources, dict) else {}
