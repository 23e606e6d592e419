"""Opening the templates of an assembly: its stacks, and the stacks nested in them.

Layer: sources; imports ``model`` only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ecr_constructs.errors import SourceError
from ecr_constructs.model.registry import Located
from ecr_constructs.sources.construct_paths import ConstructPaths, nested_stack_of
from ecr_constructs.sources.documents import read_template
from ecr_constructs.sources.environment import Environment
from ecr_constructs.sources.links import Links
from ecr_constructs.sources.manifest import Artifact, inside
from ecr_constructs.sources.reading import MAX_DEPTH, Literals, Reading, show
from ecr_constructs.sources.resources import located, may_exist, path_of
from ecr_constructs.sources.stack import Declared, Place, Stack

#: The types that nest a template, with the property that says where it lies.
_NESTS: Final = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
#: One account has no more by default,
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_MAX_STACKS: Final = 2000


class Opener:
    """Opens the templates below one directory; each file is read once.

    Args:
        root: The directory.
        literals: What another assembly's policies were read as; see :data:`Literals`.

    Attributes:
        stacks: What was opened, each stack before those nested in it.
        paths: The construct paths of all of them.
        malformed: What is wrong with the resources that nest a template.
    """

    def __init__(self, root: Path, literals: Literals | None = None) -> None:
        self._root = root
        self._templates: dict[str, Mapping[str, Any]] = {}
        self._reading = Reading() if literals is None else Reading(literals=literals)
        self._links = Links()
        self.paths = ConstructPaths()
        self.malformed: list[Located] = []

    @property
    def stacks(self) -> Sequence[Stack]:
        """What was opened, each stack before those nested in it."""
        return self._links.stacks

    def open_assembly(
        self, artifacts: Sequence[Artifact], parameters: Mapping[str, str], default: Environment
    ) -> None:
        """Open the stacks of an assembly.

        Args:
            artifacts: What the manifests name.
            parameters: Values for the templates' parameters.
            default: The environment of stacks that have no concrete one.
        """
        names = Counter(artifact.name for artifact in artifacts)
        for artifact in artifacts:
            self.paths.add(artifact.construct_path, artifact.metadata)
        for artifact in artifacts:
            place = Place(
                name=artifact.name,
                label=artifact.name if names[artifact.name] == 1 else artifact.template,
                template=artifact.template,
                construct_path=artifact.construct_path,
            )
            environment = Environment(
                artifact.account or default.account, artifact.region or default.region
            )
            self._open(place, environment, {**artifact.parameters, **parameters})

    def open_template(
        self, template: str, parameters: Mapping[str, str], environment: Environment
    ) -> None:
        """Open a template that is no part of an assembly, by its file's name."""
        name = template.partition(".")[0]
        place = Place(name=name, label=name, template=template, is_named=False)
        if "Resources" not in self._template(template):
            raise self._no_template(template, self._template(template))
        self._open(place, environment, parameters)

    def _open(
        self,
        place: Place,
        environment: Environment,
        given: Mapping[str, Any] | None,
        parent: Stack | None = None,
    ) -> Stack:
        if len(self.stacks) >= _MAX_STACKS:
            raise SourceError(
                f"an assembly must have at most {_MAX_STACKS:,} stacks, nested ones included, got"
                " more; split it",
                path=str(self._root / place.template),
            )
        stack = Stack(
            place,
            self._template(place.template),
            environment,
            given=given,
            reading=self._reading,
            links=self._links,
            parent=parent,
        )
        self._links.stacks.append(stack)
        for declared in stack.declared:
            if _type(declared) in _NESTS and may_exist(stack, declared):
                self._open_nested(stack, declared)
                self.malformed.extend(located(stack, declared, self.paths))
        return stack

    def _open_nested(self, stack: Stack, declared: Declared) -> None:
        construct_path = nested_stack_of(path_of(stack, declared, self.paths))
        template = self._nested_template(stack, declared, construct_path)
        if template is None or declared.variables or not _may_nest(stack, template):
            url = _properties(declared).get(_NESTS[_type(declared)])
            stack.reading.note(
                "nested-template",
                f"the template of a nested stack must be told from the files at hand, got"
                f" {show(url)}; nobody can say what is in it",
                "put it into the assembly, or check it by itself",
                declared.body,
                known=False,
            )
            return
        place = Place(
            name=f"{stack.place.name}-{declared.logical_id}",
            label=f"{stack.place.label}/{declared.logical_id}",
            template=template,
            construct_path=construct_path,
            is_named=False,
        )
        passed = _properties(declared).get("Parameters", {})
        is_told = isinstance(passed, dict) and not any(name.startswith("Fn::") for name in passed)
        stack.children[declared.logical_id] = self._open(
            place, stack.environment, passed if is_told else None, stack
        )

    def _nested_template(
        self, stack: Stack, declared: Declared, construct_path: str | None
    ) -> str | None:
        """Return the file of a nested stack: as CDK names it, or as a path in the template."""
        metadata = declared.body.get("Metadata")
        named = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
        written = self.paths.template_files.get(construct_path or "")
        folder = stack.place.template.rpartition("/")[0]
        for file in (named, written, _properties(declared).get(_NESTS[_type(declared)])):
            found = inside(self._root, folder, file) if isinstance(file, str) else None
            if found and (self._root / found).is_file():
                return found
        return None

    def _template(self, name: str) -> Mapping[str, Any]:
        if name not in self._templates:
            template = read_template(self._root / name)
            if not isinstance(template, dict) or not isinstance(
                template.get("Resources", {}), dict
            ):
                raise self._no_template(name, template)
            self._templates[name] = template
        return self._templates[name]

    def _no_template(self, name: str, document: object) -> SourceError:
        got = list(document) if isinstance(document, dict) else document
        return SourceError(
            f"a template must be an object with an object 'Resources', got {show(got)}; give a"
            " CloudFormation template, or the directory that cdk synth writes",
            path=str(self._root / name),
        )


def _may_nest(stack: Stack, template: str) -> bool:
    """Tell whether a template neither nests itself nor lies deeper than can be followed."""
    above: Stack | None = stack
    for _ in range(MAX_DEPTH):
        if above is None:
            return True
        if above.place.template == template:
            return False
        above = above.parent
    return False


def _type(declared: Declared) -> str:
    type_ = declared.body.get("Type") if isinstance(declared.body, dict) else None
    return type_ if isinstance(type_, str) else ""


def _properties(declared: Declared) -> Mapping[str, Any]:
    properties = declared.body.get("Properties")
    return properties if isinstance(properties, dict) else {}
