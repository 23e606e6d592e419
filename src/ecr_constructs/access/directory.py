"""The roles and users of an assembly, to be found by what stands for them.

Layer: access; imports ``model`` and ``service`` only.
"""

from __future__ import annotations

from collections.abc import Iterable

from ecr_constructs.access.caller import Caller
from ecr_constructs.access.named import Kind, named_by
from ecr_constructs.access.sides import identity_entries
from ecr_constructs.access.statements import about_action
from ecr_constructs.errors import ConfigurationError
from ecr_constructs.model.identity import Identity, IdentityKind
from ecr_constructs.model.statement import Effect, Principal, Statement
from ecr_constructs.model.unresolved import Text
from ecr_constructs.service import patterns


class Directory:
    """The identities of an assembly.

    Args:
        identities: In the order of the assembly.
    """

    def __init__(self, identities: Iterable[Identity]) -> None:
        self.callers: list[Caller] = []
        self._by_text: dict[Text, Caller] = {}
        self._by_arn: dict[tuple[Text | None, ...], Caller] = {}
        self._by_name: dict[tuple[Text | None, ...], Caller] = {}
        self._by_path: dict[str, Caller] = {}
        self._may: dict[str, _Index] = {}
        self._services: dict[Text, Caller] = {}
        for identity in identities:
            self._add(identity)

    def _add(self, identity: Identity) -> None:
        named = named_by(Principal("AWS", identity.arn))
        caller = Caller(named, identity)
        self.callers.append(caller)
        for text in (identity.arn, *identity.aliases):
            self._by_text.setdefault(text, caller)
            self._by_path.setdefault(str(text), caller)
        self._by_arn.setdefault((named.kind, named.account, named.resource), caller)
        self._by_name.setdefault((identity.kind, identity.account, identity.name), caller)
        path = None if identity.origin is None else identity.origin.construct_path
        if path is not None:
            self._by_path.setdefault(path, caller)
            self._by_path.setdefault(path.removesuffix("/Resource"), caller)

    def may(self, action: str, arn: Text) -> list[Caller]:
        """Return the identities with a policy that may allow an action on a repository."""
        if action not in self._may:
            self._may[action] = _Index(self.callers, action)
        return self._may[action].about(arn)

    def caller(self, value: Text) -> Caller:
        """Return the caller of an ``AWS`` principal, with what the assembly knows of it."""
        found = self._by_text.get(value)
        if found is None:
            found = self._by_text[value] = self._look_up(value)
        return found

    def service(self, name: Text) -> Caller:
        """Return the caller of a service principal."""
        found = self._services.get(name)
        if found is None:
            named = named_by(Principal("Service", name))
            found = self._services[name] = Caller(named)
        return found

    def _look_up(self, value: Text) -> Caller:
        named = named_by(Principal("AWS", value))
        found = self._by_arn.get((named.kind, named.account, named.resource))
        if found is not None:
            return found
        if named.kind is Kind.SESSION:
            role = self._by_name.get((IdentityKind.ROLE, named.account, named.name))
            return Caller(named, None if role is None else role.identity)
        # The path of an identity that is defined elsewhere is not known.
        found = self._by_name.get((named.kind, named.account, named.name))
        if found is not None and found.identity is not None and found.identity.partial:
            return Caller(named, found.identity)
        return Caller(named)

    def asked(self, principal: str) -> Caller:
        """Return who is meant by an argument.

        Args:
            principal: The ARN of a role, user, role session, federated user or
                account, an account's 12 digits, a service's name, ``*`` for
                any principal that no policy names; or the construct path of a
                role or user, or the text by which an answer shows it.

        Raises:
            ConfigurationError: If it is none of these.
        """
        if principal in self._by_path:
            return self._by_path[principal]
        if patterns.SERVICE_PRINCIPAL.fullmatch(principal):
            return self.service(principal)
        caller = self.caller(principal)
        if caller.kind in (Kind.PATTERN, Kind.OTHER, Kind.UNKNOWN) or (
            caller.account is not None and not patterns.ACCOUNT_ID.fullmatch(str(caller.account))
        ):
            raise ConfigurationError(
                "principal must be the ARN of a role, user, session or account, 12 digits, the"
                f" name of a service or '*', got {principal!r}; write for example"
                " 'arn:aws:iam::111122223333:role/Deploy'"
            )
        return caller


class _Index:
    """The identities that a policy may allow one action, by the repositories it names."""

    def __init__(self, callers: Iterable[Caller], action: str) -> None:
        self._everywhere: dict[int, Caller] = {}
        self._by_resource: dict[Text, dict[int, Caller]] = {}
        for number, caller in enumerate(callers):
            for entry in caller.once(identity_entries):
                statement = entry.statement
                if entry.effect is Effect.DENY:
                    continue
                if statement is None:
                    self._everywhere[number] = caller
                elif about_action(statement, action):
                    self._add(number, caller, statement)

    def _add(self, number: int, caller: Caller, statement: Statement) -> None:
        if not statement.resources or not all(map(_is_exact, statement.resources)):
            self._everywhere[number] = caller
            return
        for resource in statement.resources:
            self._by_resource.setdefault(resource, {})[number] = caller

    def about(self, arn: Text) -> list[Caller]:
        """Return those whose policies may be about a repository, in their order."""
        if not isinstance(arn, str):
            # It may turn out to be any that is named.
            found = dict(self._everywhere)
            for callers in self._by_resource.values():
                found |= callers
        else:
            found = self._everywhere | self._by_resource.get(arn, {})
        return [found[number] for number in sorted(found)]


def _is_exact(resource: Text) -> bool:
    """Tell whether a resource can mean nothing but what it says."""
    return isinstance(resource, str) and not any(c in resource for c in "*?$")
