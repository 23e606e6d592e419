"""The checks as a pack of cdk-nag 3, for apps that run cdk-nag already.

Layer: nag; needs the extra ``[nag]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import metadata
from typing import Final, final

import aws_cdk as cdk
from cdk_nag import NagPack
from constructs import IConstruct

from ecr_constructs.checks.acknowledgements import PLUGIN
from ecr_constructs.checks.cdk_report import report_to_cdk
from ecr_constructs.checks.engine import Finding
from ecr_constructs.checks.live_app import synthesised
from ecr_constructs.checks.rules import CATALOGUE
from ecr_constructs.checks.selection import select_rules
from ecr_constructs.constructs.validation import check_assembly, outdir_of, to_cdk
from ecr_constructs.model.problem import Severity

_EXPLANATIONS: Final = {rule.id: rule.explanation for rule in CATALOGUE}


@final
class EcrGovernanceChecks(NagPack):
    """Check what an app does to Amazon ECR, as cdk-nag does, beside its own packs.

    The same rules as ``ecr-constructs check``, on the templates that CDK has
    just written, in one run of the engine; ids and levels as cdk-nag's users
    know them: ``EcrGovernance-TagImmutability``, and with what was found in
    brackets where a rule can find several things,
    ``EcrGovernance-WildcardAction[Action::ecr:*]``. As with cdk-nag 3, warnings
    fail the synthesis too, and what cannot be told before deployment is one.

    A finding is acknowledged on its construct or above, by its id or by that of
    its rule, with or without ``EcrGovernance::`` before it. With it, and with
    what is in brackets, CDK's report has the finding and the reason::

        cdk.Validations.of(repository).acknowledge(
            cdk.Acknowledgment(
                id="EcrGovernance::EcrGovernance-WildcardAction[Action::ecr:*]", reason="..."
            )
        )

    Args:
        scope: Where to write acknowledgements into the templates, if asked to.
        verbose: Whether to say why each rule exists. Default: what was found alone.
        write_suppressions_to_cloud_formation: Whether to write acknowledgements
            into the templates' metadata, as cdk-nag 2 did. Default: not.
        select: The only rules to run, by name; ``"all"`` for every rule,
            ``"default"`` for those that run if nothing is selected. Default:
            all but those that have to be asked for.
        ignore: Rules not to run, by name. Default: none.

    Raises:
        ConfigurationError: If there is no rule of such a name.

    Example:
        >>> import aws_cdk as cdk
        >>> from cdk_nag import AwsSolutionsChecks
        >>> from ecr_constructs.nag import EcrGovernanceChecks
        >>> app = cdk.App()
        >>> cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), EcrGovernanceChecks())
    """

    def __init__(
        self,
        scope: IConstruct | None = None,
        *,
        verbose: bool = False,
        write_suppressions_to_cloud_formation: bool = False,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
    ) -> None:
        self._rules = select_rules(CATALOGUE, select=select, ignore=ignore)
        self._verbose = verbose
        super().__init__(
            scope,
            verbose=verbose,
            write_suppressions_to_cloud_formation=write_suppressions_to_cloud_formation,
        )
        self._pack_name = PLUGIN

    @property
    def name(self) -> str:
        """What CDK calls the pack, and so what stands before ``::`` in an acknowledgement."""
        return PLUGIN

    @property
    def version(self) -> str:
        """The version of this library."""
        return metadata.version("ecr-constructs")

    @property
    def rule_ids(self) -> list[str]:
        """The rules that are run."""
        return [rule.id for rule in self._rules]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the assembly; CDK calls it.

        Args:
            context: The app. As with every pack, all of it is checked.
        """
        app = context.app_construct
        return self._report(check_assembly(app, self._rules), outdir_of(app), by_path=False)

    def validate_scope(self, scope: IConstruct) -> cdk.PolicyValidationPluginReport:
        """Check what is below a construct, for tests; the app is synthesised.

        Args:
            scope: A stack, or any other construct of an app.
        """
        app, outdir = scope.node.root, synthesised(scope)
        path = scope.node.path
        findings = check_assembly(app, self._rules)
        below = [
            each
            for each in findings
            if f"{each.origin.construct_path or ''}/".startswith(f"{path}/") or not path
        ]
        return self._report(below, outdir, by_path=True)

    def _report(
        self, findings: Sequence[Finding], outdir: str, *, by_path: bool
    ) -> cdk.PolicyValidationPluginReport:
        if self._verbose:
            findings = [_explained(each) for each in findings]
        report = report_to_cdk(
            findings,
            name=lambda finding: finding.id,
            fails=lambda finding: finding.severity is Severity.ERROR,
        )
        report = replace(report, success=not any(finding.counts for finding in findings))
        return to_cdk(report, outdir, version=self.version, by_path=by_path)

    def _check_resource(self, node: cdk.CfnResource) -> None:
        """Check nothing: rules look at what was synthesised, and not at one resource at a time."""


def _explained(finding: Finding) -> Finding:
    return replace(finding, message=f"{finding.message}. {_EXPLANATIONS[finding.rule]}")
