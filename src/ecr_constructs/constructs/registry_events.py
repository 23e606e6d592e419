"""What any construct can be told of what happens to the images of a registry.

Layer: constructs.
"""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import aws_events as events
from constructs import Construct

from ecr_constructs.constructs.contributor import RegistryContributor
from ecr_constructs.constructs.events import define_rule, texts
from ecr_constructs.constructs.registry_context import child
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.event_pattern import (
    EventPattern,
    FindingSeverity,
    ImageEvent,
    StorageClass,
)

#: The prefix of all names.
_ALL = ("",)


class RegistryEvents(RegistryContributor):
    """Rules for the events of a registry's images.

    AWS sends them to the default event bus of the registry's account and Region,
    as well as it can and at times never. Each method defines an
    ``AWS::Events::Rule``, below whoever asks for it, and needs no owner of the
    registry: any stack of that account and Region may wait for them. There is no
    event of a pull, and none of a new repository.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html

    All take these, beside what is their own:

    * ``construct_id``: the id of the rule; of the registry's owner below
      ``Events``.
    * ``target``: what is told of it: any target of ``aws_cdk.aws_events_targets``.
      Default: nothing, until the rule's ``add_target``; synthesis warns of a rule that
      tells nobody.
    * ``repository_prefixes``: what the names of the repositories begin with, such
      as ``"payments/"``; ``"prod"`` takes ``production`` too. Default: every
      repository.
    * ``description``: at most 512 characters, for people. Default: none.

    They raise a ``ConfigurationError`` if no name begins with a prefix, a tag or a
    severity is none, or the pattern is longer than EventBridge takes.
    """

    @tells_arguments()
    def on_image_pushed(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        image_tags: Iterable[str] = (),
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that is pushed; see :class:`RegistryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there.
            image_tags: The tags that it is pushed under. Default: any, or none.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.PUSHED,
            repository_prefixes=texts(repository_prefixes),
            image_tags=texts(image_tags),
        )
        return self._rule(construct_id, pattern, target, description)

    @tells_arguments()
    def on_image_deleted(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        image_tags: Iterable[str] = (),
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that is deleted, by whomever; see :class:`RegistryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there.
            image_tags: The tags that it had. Default: any, or none.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.DELETED,
            repository_prefixes=texts(repository_prefixes),
            image_tags=texts(image_tags),
        )
        return self._rule(construct_id, pattern, target, description)

    @tells_arguments()
    def on_image_storage_class_updated(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        storage_class: StorageClass | None = None,
        referrers: bool = False,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that is archived or restored; see :class:`RegistryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there.
            storage_class: ``ARCHIVE`` for those that are archived, ``STANDARD`` for
                those that are restored. Default: both.
            referrers: Whether signatures, SBOMs and other referrers count too.
                Default: images alone.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.STORAGE_CLASS_UPDATED,
            repository_prefixes=texts(repository_prefixes),
            storage_class=storage_class,
            referrers=referrers,
        )
        return self._rule(construct_id, pattern, target, description)

    @tells_arguments()
    def on_image_scan_completed(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        severity: FindingSeverity | None = None,
        image_tags: Iterable[str] = (),
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that has been scanned; see :class:`RegistryEvents`.

        It waits for the event of basic scanning and for the one of enhanced
        scanning, so that it goes on when the registry's scanning changes. Enhanced
        scanning sends it after an image's first scan alone: what continuous
        scanning finds later comes through :meth:`on_image_scan_finding`.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there.
            severity: The least severe finding that counts. Default: every scan, with
                findings or without.
            image_tags: The tags of which the image has at least one. Default: any
                image, tagged or not.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.SCAN_COMPLETED,
            repository_prefixes=texts(repository_prefixes),
            image_tags=texts(image_tags),
            severity=severity,
        )
        return self._rule(construct_id, pattern, target, description)

    @tells_arguments()
    def on_image_scan_finding(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        severity: FindingSeverity | None = None,
        image_tags: Iterable[str] = (),
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each finding, when it is found or changes; see :class:`RegistryEvents`.

        Amazon Inspector sends one event for each finding, also for what is known
        only after the image was pushed. Under basic scanning there is none.
        https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there.
            severity: The least severe finding that counts. Default: any.
            image_tags: The tags of which the image has at least one. Default: any
                image, tagged or not.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.SCAN_FINDING,
            repository_prefixes=texts(repository_prefixes),
            image_tags=texts(image_tags),
            severity=severity,
        )
        return self._rule(construct_id, pattern, target, description)

    @tells_arguments()
    def on_image_replicated(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that arrives by replication here; see :class:`RegistryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.REPLICATED,
            repository_prefixes=texts(repository_prefixes),
        )
        return self._rule(construct_id, pattern, target, description)

    @tells_arguments()
    def on_image_replication_failed(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that fails to arrive by replication; see :class:`RegistryEvents`.

        The event that AWS documents is one of the registry that is replicated to.

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.REPLICATION_FAILED,
            repository_prefixes=texts(repository_prefixes),
        )
        return self._rule(construct_id, pattern, target, description)

    @tells_arguments()
    def on_pull_through_cache_failed(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        repository_prefixes: Iterable[str] = _ALL,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that a pull through cache fails to get; see :class:`RegistryEvents`.

        AWS documents the event of a success alone: every other status counts.

        Args:
            construct_id: See there.
            target: See there.
            repository_prefixes: See there; ``"docker-hub/"`` for one cache.
            description: See there.
        """
        pattern = EventPattern(
            event=ImageEvent.PULL_THROUGH_CACHE_FAILED,
            repository_prefixes=texts(repository_prefixes),
        )
        return self._rule(construct_id, pattern, target, description)

    def _rule(
        self,
        construct_id: str,
        pattern: EventPattern,
        target: events.IRuleTarget | None,
        description: str | None,
    ) -> events.Rule:
        return define_rule(
            self._events, construct_id, pattern, self.place, target=target, description=description
        )

    @property
    def _events(self) -> Construct:
        """Where rules lie: an owner has children of its own, which must not clash with them."""
        scope = self.contributor
        return child(scope, "Events") if isinstance(self, Construct) else scope
