"""Each layer imports only what stands below it, and nothing pure loads CDK."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

SOURCE: Final = Path(__file__).parents[1] / "src"
PACKAGE: Final = "ecr_constructs"

GROUND: Final = frozenset({"collector", "errors", "service"})
MODEL: Final = GROUND | {"model"}
MIDDLE: Final = MODEL | {"lifecycle", "access", "sources"}
CHECKS: Final = MIDDLE | {"checks"}
REVIEW: Final = CHECKS | {"review"}

#: Layer -> the layers that it may import, itself aside. `lifecycle`, `access` and `sources` stand
#: side by side and know nothing of each other.
MAY_IMPORT: Final[dict[str, frozenset[str]]] = {
    "collector": frozenset(),
    "errors": frozenset(),
    "service": frozenset(),
    "model": GROUND,
    "lifecycle": MODEL,
    "access": MODEL,
    "sources": MODEL,
    "checks": MIDDLE,
    "review": CHECKS,
    "constructs": CHECKS,
    "nag": CHECKS | {"constructs"},
    "cli": REVIEW,
    "testing": REVIEW,
    # A file of it stands in a template, and runs without the library.
    "handlers": frozenset(),
    "__main__": frozenset({"cli"}),
    # The public face names everything and loads nothing: see the test below.
    "": frozenset({"errors", "model", "constructs"}),
}

#: Layer -> the packages that it may import beside the standard library: with itself, and when
#: they are used.
CDK: Final = frozenset({"aws_cdk", "constructs", "jsii"})
AT_ONCE: Final[dict[str, frozenset[str]]] = {
    "constructs": CDK,
    "nag": CDK | {"cdk_nag"},
    "handlers": frozenset({"botocore", "urllib3"}),
    "cli": frozenset({"rich", "typer"}),
    # Below review/render alone, which the test of what is loaded holds.
    "review": frozenset({"jinja2", "markupsafe", "rich"}),
}
WHEN_USED: Final[dict[str, frozenset[str]]] = {
    "sources": frozenset({"boto3", "botocore", "yaml"}),
    "cli": frozenset({"boto3", "botocore", "jinja2", "rich", "typer", "yaml"}),
    "testing": CDK,
}


class Import(NamedTuple):
    """One import of one module."""

    file: str
    line: int
    layer: str
    name: str
    is_at_once: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def _at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported, in all its depths."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for otherwise in child.orelse:
                yield otherwise
                yield from _at_once(otherwise)
            continue
        yield child
        yield from _at_once(child)


def imports() -> list[Import]:
    found = []
    for path in sorted((SOURCE / PACKAGE).rglob("*.py")):
        relative = path.relative_to(SOURCE / PACKAGE)
        layer = relative.parts[0].removesuffix(".py").removesuffix("__init__")
        if relative.name == "__main__.py" and len(relative.parts) == 1:
            layer = "__main__"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        at_once = {id(each) for each in _at_once(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{relative}:{node.lineno} has a relative import"
                names = [node.module or ""]
            else:
                continue
            found += [
                Import(str(relative), node.lineno, layer, name, id(node) in at_once)
                for name in names
            ]
    return found


IMPORTS: Final = imports()


def test_every_module_is_in_a_layer() -> None:
    assert {each.layer for each in IMPORTS} <= set(MAY_IMPORT)
    assert len(IMPORTS) > 100


def test_each_layer_imports_only_what_stands_below_it() -> None:
    wrong = []
    for each in IMPORTS:
        package, _, rest = each.name.partition(".")
        below = rest.partition(".")[0]
        if package == PACKAGE and below != each.layer and below not in MAY_IMPORT[each.layer]:
            wrong.append(str(each))
    assert wrong == []


def test_each_layer_imports_only_the_packages_that_it_may() -> None:
    wrong = []
    for each in IMPORTS:
        package = each.name.partition(".")[0]
        if package == PACKAGE or package in sys.stdlib_module_names:
            continue
        allowed = AT_ONCE.get(each.layer, frozenset())
        if not each.is_at_once:
            allowed |= WHEN_USED.get(each.layer, frozenset())
        if package not in allowed:
            wrong.append(f"{each}{' at once' * each.is_at_once}")
    assert wrong == []


def test_no_cycle_between_layers() -> None:
    for layer, below in MAY_IMPORT.items():
        for each in below:
            assert layer not in MAY_IMPORT[each], (layer, each)


@pytest.mark.parametrize(
    ("text", "is_at_once"),
    [
        ("import yaml", True),
        ("try:\n    import yaml\nexcept ImportError:\n    yaml = None", True),
        ("class A:\n    import yaml", True),
        ("if True:\n    import yaml", True),
        ("def f():\n    import yaml", False),
        ("class A:\n    def f(self):\n        import yaml", False),
        ("if TYPE_CHECKING:\n    import yaml", False),
        ("if typing.TYPE_CHECKING:\n    import yaml", False),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import yaml", True),
    ],
)
def test_the_test_tells_what_is_imported_at_once(text: str, *, is_at_once: bool) -> None:
    tree = ast.parse(text)
    at_once = list(_at_once(tree))
    (node,) = [each for each in ast.walk(tree) if isinstance(each, ast.Import)]
    assert (node in at_once) is is_at_once


# What is loaded, in a process of its own

LOADED: Final = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_with(*modules: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *modules], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def modules_of(*layers: str) -> list[str]:
    names = []
    for path in sorted((SOURCE / PACKAGE).rglob("*.py")):
        parts = list(path.relative_to(SOURCE).with_suffix("").parts)
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if len(parts) > 1 and parts[1] in layers:
            names.append(".".join(parts))
    return names


HEAVY: Final = {"aws_cdk", "jsii", "constructs", "boto3", "botocore", "yaml", "cdk_nag"}
TOOLS: Final = {"typer", "rich", "jinja2"}


def test_importing_the_package_loads_nothing() -> None:
    assert loaded_with(PACKAGE).isdisjoint(HEAVY | TOOLS)


def test_the_pure_layers_load_neither_cdk_nor_the_command_lines_libraries() -> None:
    layers = ("errors", "service", "model", "lifecycle", "access", "sources", "checks", "review")
    renderers = f"{PACKAGE}.review.render."
    pure = [name for name in modules_of(*layers) if not name.startswith(renderers)]
    assert len(pure) > 50
    assert loaded_with(*pure).isdisjoint(HEAVY | TOOLS)


def test_the_command_line_and_the_test_helpers_load_no_cdk() -> None:
    assert loaded_with(*modules_of("cli", "testing")).isdisjoint(HEAVY)


def test_values_of_the_public_face_load_no_cdk() -> None:
    script = (
        "import json, sys, ecr_constructs as e\n"
        "e.Baseline(); e.LifecyclePolicy; e.Principals; e.Policy; e.Exemption; e.TagMutability\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert set(json.loads(done.stdout)).isdisjoint(HEAVY | TOOLS)


def test_importing_the_package_takes_less_than_a_tenth_of_a_second() -> None:
    def seconds(script: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        return time.perf_counter() - start

    bare = min(seconds("pass") for _ in range(5))
    assert min(seconds(f"import {PACKAGE}") for _ in range(5)) - bare < 0.1
