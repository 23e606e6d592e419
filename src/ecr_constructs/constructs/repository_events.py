"""What people can be told of what happens to the images of one repository.

Layer: constructs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_events as events
from constructs import Construct

from ecr_constructs.constructs._jsii import no_overrides, on_this_side
from ecr_constructs.constructs.events import define_rule, texts
from ecr_constructs.model.arguments import tells_arguments
from ecr_constructs.model.event_pattern import (
    EventPattern,
    FindingSeverity,
    ImageEvent,
    StorageClass,
)
from ecr_constructs.model.place import Place


@no_overrides
class RepositoryEvents(ecr.RepositoryBase):
    """Rules for the events of a repository's images, beside those that CDK has.

    AWS sends them to the default event bus of the repository's account and Region,
    as well as it can and at times never. Each method defines an
    ``AWS::Events::Rule``. ``on_cloud_trail_...`` of CDK need a trail; there is no
    event of a pull.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html

    All take these, beside what is their own:

    * ``construct_id``: the id of the rule, below the repository.
    * ``target``: what is told of it: any target of ``aws_cdk.aws_events_targets``.
      Default: nothing, until the rule's ``add_target``; synthesis warns of a rule that
      tells nobody.
    * ``cross_stack_scope``: where to define the rule instead, in a stack of the same
      account and Region: for a target in another stack, which would wait for this
      one, and this one for it. Default: the repository.
    * ``description``: at most 512 characters, for people. Default: none.

    They raise a ``ConfigurationError`` if a tag or a severity is none, or the rule
    would lie in another account or Region.
    """

    @property
    @abstractmethod
    def _event_source(self) -> tuple[str, Place]:
        """The repository's name, and the account and Region of its events."""

    @tells_arguments()
    def on_image_pushed(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        image_tags: Iterable[str] = (),
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that is pushed; see :class:`RepositoryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            image_tags: The tags that it is pushed under. Default: any, or none.
            cross_stack_scope: See there.
            description: See there.
        """
        pattern = self._pattern(ImageEvent.PUSHED, image_tags)
        return self._rule(construct_id, pattern, target, cross_stack_scope, description)

    @tells_arguments()
    def on_image_deleted(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        image_tags: Iterable[str] = (),
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that is deleted, by whomever; see :class:`RepositoryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            image_tags: The tags that it had. Default: any, or none.
            cross_stack_scope: See there.
            description: See there.
        """
        pattern = self._pattern(ImageEvent.DELETED, image_tags)
        return self._rule(construct_id, pattern, target, cross_stack_scope, description)

    @tells_arguments()
    def on_image_storage_class_updated(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        storage_class: StorageClass | None = None,
        referrers: bool = False,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that is archived or restored; see :class:`RepositoryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            storage_class: ``ARCHIVE`` for those that are archived, ``STANDARD`` for
                those that are restored. Default: both.
            referrers: Whether signatures, SBOMs and other referrers count too.
                Default: images alone.
            cross_stack_scope: See there.
            description: See there.
        """
        pattern = self._pattern(
            ImageEvent.STORAGE_CLASS_UPDATED, storage_class=storage_class, referrers=referrers
        )
        return self._rule(construct_id, pattern, target, cross_stack_scope, description)

    @on_this_side
    @tells_arguments()
    def on_image_scan_completed(
        self,
        construct_id: str,
        *,
        image_tags: Iterable[str] | None = None,
        target: events.IRuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | dict[str, Any] | None = None,
        rule_name: str | None = None,
        severity: FindingSeverity | None = None,
    ) -> events.Rule:
        """Tell of each image that has been scanned; see :class:`RepositoryEvents`.

        CDK's own waits for an event that enhanced scanning never sends. This one
        waits for that of either, so that it goes on when the registry's scanning
        changes. Enhanced scanning sends it after an image's first scan alone: what
        continuous scanning finds later comes through :meth:`on_image_scan_finding`.
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html

        Args:
            construct_id: See there.
            image_tags: The tags of which the image has at least one. Default: any
                image, tagged or not.
            target: See there.
            cross_stack_scope: See there.
            description: See there.
            event_pattern: What events have to be beside. Default: nothing.
            rule_name: The rule's name. Default: CloudFormation makes one up.
            severity: The least severe finding that counts. Default: every scan, with
                findings or without.
        """
        return define_rule(
            cross_stack_scope or self,
            construct_id,
            self._pattern(ImageEvent.SCAN_COMPLETED, image_tags or (), severity=severity),
            self._event_source[1],
            target=target,
            description=description,
            # A misspelt member of a dict is an error here, and jsii would drop it.
            event_pattern=(
                events.EventPattern(**event_pattern)
                if isinstance(event_pattern, dict)
                else event_pattern
            ),
            rule_name=rule_name,
        )

    @tells_arguments()
    def on_image_scan_finding(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        severity: FindingSeverity | None = None,
        image_tags: Iterable[str] = (),
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each finding, when it is found or changes; see :class:`RepositoryEvents`.

        Amazon Inspector sends one event for each finding, also for what is known
        only after the image was pushed. Under basic scanning there is none.
        https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html

        Args:
            construct_id: See there.
            target: See there.
            severity: The least severe finding that counts. Default: any.
            image_tags: The tags of which the image has at least one. Default: any
                image, tagged or not.
            cross_stack_scope: See there.
            description: See there.
        """
        pattern = self._pattern(ImageEvent.SCAN_FINDING, image_tags, severity=severity)
        return self._rule(construct_id, pattern, target, cross_stack_scope, description)

    @tells_arguments()
    def on_image_replicated(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Tell of each image that arrives by replication here; see :class:`RepositoryEvents`.

        Args:
            construct_id: See there.
            target: See there.
            cross_stack_scope: See there.
            description: See there.
        """
        pattern = self._pattern(ImageEvent.REPLICATED)
        return self._rule(construct_id, pattern, target, cross_stack_scope, description)

    def _pattern(
        self,
        event: ImageEvent,
        image_tags: Iterable[str] = (),
        *,
        severity: FindingSeverity | None = None,
        storage_class: StorageClass | None = None,
        referrers: bool = False,
    ) -> EventPattern:
        return EventPattern(
            event=event,
            repository_names=(self._event_source[0],),
            image_tags=texts(image_tags),
            severity=severity,
            storage_class=storage_class,
            referrers=referrers,
        )

    def _rule(
        self,
        construct_id: str,
        pattern: EventPattern,
        target: events.IRuleTarget | None,
        cross_stack_scope: Construct | None,
        description: str | None,
    ) -> events.Rule:
        return define_rule(
            cross_stack_scope or self,
            construct_id,
            pattern,
            self._event_source[1],
            target=target,
            description=description,
        )
