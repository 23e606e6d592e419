"""What every repository has to meet, and the written reasons why one does not.

Layer: model; imports ``errors`` and ``service`` only.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from ecr_constructs.model.arguments import tells_arguments_of
from ecr_constructs.model.lifecycle import LifecyclePolicy, LifecycleRule
from ecr_constructs.model.principal_kinds import organization_problems
from ecr_constructs.model.problem import Problem, problem_at, refuse
from ecr_constructs.service import patterns


class Control(StrEnum):
    """A control that an exemption can loosen."""

    TAG_IMMUTABILITY = "tag-immutability"  # a pushed tag is never overwritten
    SCAN_ON_PUSH = "scan-on-push"  # each pushed image is scanned
    UNTAGGED_EXPIRY = "untagged-expiry"  # untagged images expire
    CUSTOMER_MANAGED_KEY = "customer-managed-key"  # encrypted with a key of one's own
    RETAIN_ON_DELETE = "retain-on-delete"  # images outlive the stack
    PUBLIC_ACCESS = "public-access"  # nothing is open to anybody
    ADMINISTRATIVE_ACCESS = "administrative-access"  # other accounts do not administer
    NAMESPACE = "namespace"  # the name lies in one of the baseline's namespaces
    SINGLE_OWNER = "single-owner"  # one construct owns a registry's settings


@dataclass(frozen=True, slots=True)
class Exemption:
    """A control that is loosened, and why.

    Attributes:
        control: What is loosened.
        reason: Why; at least one word. Every output shows it.
        expires: The last day on which the reason holds. The date never changes
            a template: it is judged when the template is read. Default: no end.
    """

    control: Control
    reason: str
    expires: dt.date | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong: no control, a reason that says nothing, a last day that is none."""
        # What a caller gave whom no type checker told.
        reason, expires = cast("object", self.reason), cast("object", self.expires)
        close = difflib.get_close_matches(str(self.control), Control, n=1)
        control = f"Control.{Control(close[0] if close else Control.TAG_IMMUTABILITY).name}"
        if self.control not in tuple(Control):
            yield problem_at(
                "control",
                f"an exemption must be from one of the controls, got {str(self.control)!r}",
                f"write {control}",
            )
        if not isinstance(reason, str) or not reason.strip():
            yield Problem(
                id="exemption-reason",
                path="reason",
                message=f"an exemption from {str(self.control)!r} must say why, got {reason!r}",
                fix=f"write Exemption({control}, reason='...')",
            )
        if expires is not None and (
            not isinstance(expires, dt.date) or isinstance(expires, dt.datetime)
        ):
            yield problem_at(
                "expires",
                f"an exemption must expire on a day, got {expires!r}",
                "write datetime.date(2027, 12, 31)",
            )

    def has_expired(self, today: dt.date) -> bool:
        """Tell whether ``today`` is after the last day."""
        return self.expires is not None and today > self.expires

    def to_metadata(self) -> dict[str, str]:
        """Return what the resource's ``Metadata.EcrConstructs.exemptions`` holds."""
        document = {"control": str(self.control), "reason": self.reason}
        if self.expires is not None:
            document["expires"] = self.expires.isoformat()
        return document

    @classmethod
    def from_metadata(cls, document: object) -> Exemption | None:
        """Read an exemption back; None where the entry is none of ours."""
        if not isinstance(document, Mapping):
            return None
        try:
            expires = document.get("expires")
            return cls(
                Control(document["control"]),
                str(document.get("reason", "")),
                dt.date.fromisoformat(expires) if expires is not None else None,
            )
        except (KeyError, TypeError, ValueError):
            return None


def find_exemption(exemptions: Iterable[Exemption], control: Control) -> Exemption | None:
    """Return the first exemption from ``control``, or None."""
    # A baseline's problems() say what is none.
    given = cast("Iterable[object]", exemptions)
    named = (each for each in given if isinstance(each, Exemption))
    return next((each for each in named if each.control == control), None)


def in_order(exemptions: Iterable[Exemption]) -> tuple[Exemption, ...]:
    """Return exemptions in the one order in which they are written, each once."""
    return tuple(
        sorted(dict.fromkeys(exemptions), key=lambda e: (e.control, e.reason, str(e.expires)))
    )


def _default_lifecycle_policy() -> LifecyclePolicy:
    return LifecyclePolicy.of(LifecycleRule.expire_untagged(older_than_days=14))


@tells_arguments_of(org_id="write organization_id=")
@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What every repository has to meet. It holds plain values, and no construct.

    Attributes:
        organization_id: The organisation that ``Principals.organization()`` and
            ``deny_outside_organization()`` mean. Default: none.
        lifecycle_policy: What a repository gets that names none. Default:
            untagged images expire after 14 days.
        customer_managed_keys: Whether each repository must be encrypted with a
            key of one's own. Default: AES256 is enough.
        namespaces: Where a repository's name must lie: ``("payments", "web")``
            asks for ``payments/...`` or ``web/...``; any iterable. Default: anywhere.
        exemptions: What is loosened for all repositories, and why; any iterable.
    """

    organization_id: str | None = None
    lifecycle_policy: LifecyclePolicy = field(default_factory=_default_lifecycle_policy)
    customer_managed_keys: bool = False
    namespaces: Sequence[str] = ()
    exemptions: Sequence[Exemption] = ()

    def __post_init__(self) -> None:
        # Any iterable is taken, and kept as a tuple: a baseline can be hashed and compared.
        for name in ("namespaces", "exemptions"):
            value = getattr(self, name)
            several = isinstance(value, Iterable) and not isinstance(value, str)
            object.__setattr__(self, name, tuple(value) if several else (value,))

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the baseline itself."""
        if self.organization_id is not None:
            yield from organization_problems(self.organization_id)
        if isinstance(self.lifecycle_policy, LifecyclePolicy):
            for problem in self.lifecycle_policy.problems():
                yield problem.below("lifecycle_policy")
        else:
            yield problem_at(
                "lifecycle_policy",
                f"lifecycle_policy must be a LifecyclePolicy, got {self.lifecycle_policy!r}",
                "write LifecyclePolicy.of(...), .from_json(text) or .from_document(document)",
            )
        yield from self._namespace_problems()
        yield from self._exemption_problems()

    def _exemption_problems(self) -> Iterator[Problem]:
        # What a caller gave whom no type checker told.
        for index, each in enumerate(cast("tuple[object, ...]", self.exemptions)):
            if isinstance(each, Exemption):
                yield from (p.below(f"exemptions[{index}]") for p in each.problems())
            else:
                yield problem_at(
                    f"exemptions[{index}]",
                    f"exemptions must be Exemptions, got {each!r}",
                    "write [Exemption(Control...., reason='...')]",
                )

    def _namespace_problems(self) -> Iterator[Problem]:
        for index, namespace in enumerate(cast("tuple[object, ...]", self.namespaces)):
            text = namespace if isinstance(namespace, str) else ""
            if not patterns.REPOSITORY_NAME.fullmatch(text.removesuffix("/")):
                yield problem_at(
                    f"namespaces[{index}]",
                    "a namespace must be what stands before '/' in a repository's name, lower-case"
                    f" letters and digits joined by '.', '_', '__' or '-', got {namespace!r}",
                    "write for example 'payments'",
                )

    def attach(self, construct: object) -> None:
        """Make this the baseline of what is defined below a construct, without being given one.

        An argument comes first, then the owner of the registry, then the
        nearest construct that has a baseline attached.

        Args:
            construct: An app, a stage, a stack or any other construct.

        Raises:
            ConfigurationError: If it is none.
        """
        try:
            _ATTACHED[construct] = self
        except TypeError:  # such as text, to which nothing can refer weakly
            what = f"construct must be an app or another construct, got {construct!r}"
            refuse([problem_at("construct", what, "write attach(app)")])

    @staticmethod
    def attached_to(path: Callable[[], Sequence[object]]) -> Baseline | None:
        """Return the baseline of the nearest construct that has one attached.

        Args:
            path: Returns the constructs from the root down; asked only if a
                baseline is attached anywhere.
        """
        if not _ATTACHED:
            return None
        return next((_ATTACHED[each] for each in reversed(path()) if each in _ATTACHED), None)

    def allows_name(self, repository_name: str) -> bool:
        """Tell whether a name lies in one of the namespaces."""
        # What is no text is refused as such.
        texts = [each for each in cast("tuple[object, ...]", self.namespaces) if type(each) is str]
        return not texts or any(
            repository_name.startswith(f"{namespace.removesuffix('/')}/") for namespace in texts
        )


#: Of constructs this layer knows no more than that they can be told apart.
_ATTACHED: Final[WeakKeyDictionary[object, Baseline]] = WeakKeyDictionary()


def exemptions_from_metadata(metadata: Any) -> tuple[Exemption, ...]:
    """Read the exemptions in a resource's ``Metadata``; none where there are none."""
    if metadata is None:
        return ()
    try:
        entries = metadata["EcrConstructs"]["exemptions"]
    except (KeyError, TypeError):
        return ()
    if not isinstance(entries, list):
        return ()
    return tuple(e for e in map(Exemption.from_metadata, entries) if e is not None)


def metadata_problems(metadata: Any) -> Iterator[Problem]:
    """Yield what is wrong with exemptions in a resource's ``Metadata`` that cannot be read.

    Such an entry loosens nothing.
    """
    ours = metadata.get("EcrConstructs") if isinstance(metadata, Mapping) else None
    if ours is None:
        return
    members = ours if isinstance(ours, Mapping) else ()
    if "exemptions" not in members:
        misspelt = difflib.get_close_matches("exemptions", map(str, members), n=1)
        if misspelt or not isinstance(ours, Mapping):
            got = misspelt[0] if misspelt else ours
            yield Problem(
                id="exemption",
                path="Metadata.EcrConstructs",
                message=f"exemptions must stand under 'exemptions', got {got!r}",
                fix="write {'exemptions': [{'control': '...', 'reason': '...'}]}",
            )
        return
    entries = ours["exemptions"]
    for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        path = f"Metadata.EcrConstructs.exemptions[{index}]"
        if not isinstance(entry, Mapping) or not isinstance(entries, list):
            yield Problem(
                id="exemption",
                path=path,
                message=f"an exemption must be an object in a list, got {entry!r}",
                fix="write [{'control': '...', 'reason': '...'}]",
            )
        elif Exemption.from_metadata(entry) is None:
            expires, control = entry.get("expires"), entry.get("control")
            is_known = control in tuple(Control)
            close = difflib.get_close_matches(str(control), Control, n=1)
            yield Problem(
                id="exemption",
                path=path,
                message=f"an exemption must expire on a day, got {expires!r}"
                if is_known
                else f"an exemption must be from one of the controls, got {control!r}",
                fix="write '2027-12-31'"
                if is_known
                else f"write {str(close[0] if close else Control.TAG_IMMUTABILITY)!r}",
            )
