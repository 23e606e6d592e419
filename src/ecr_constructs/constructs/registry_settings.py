"""What a registry has been given and contributed, setting by setting.

Layer: constructs.
"""

from __future__ import annotations

from typing import Final

from ecr_constructs.constructs.cache_rules import PullThroughCacheRules
from ecr_constructs.constructs.creation_template import CreationTemplates
from ecr_constructs.constructs.referenced_registries import ReferencedRegistries
from ecr_constructs.constructs.registry_context import RegistryContext
from ecr_constructs.constructs.registry_policy import RegistryPolicy
from ecr_constructs.constructs.replication import ReplicationRules
from ecr_constructs.constructs.signing import SigningRules


class RegistrySettings:
    """The settings of one registry; each makes its resource with the first contribution.

    Attributes:
        context: The registry.
        templates: Its creation templates.
        policy: Its policy.
        replication: Where it replicates to.
        caches: Its pull through cache rules.
        signing: Which images are signed.
        references: The registries of others that it sends to or reads from.
    """

    def __init__(self, context: RegistryContext) -> None:
        self.context: Final = context
        self.templates: Final = CreationTemplates(context)
        self.policy: Final = RegistryPolicy(context, self.templates.sets_tags)
        self.replication: Final = ReplicationRules(context)
        self.caches: Final = PullThroughCacheRules(context)
        self.signing: Final = SigningRules(context, lambda: self.caches.prefixes)
        self.references: Final = ReferencedRegistries(context)
