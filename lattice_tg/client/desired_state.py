"""The verbs of a group as it should be."""

from collections.abc import Iterable

from lattice_tg.client.shared import ClientBase
from lattice_tg.models.desired import DesiredState
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.plan import ApplyOrder, Plan, validate_desired, validate_plan
from lattice_tg.verbs import applying, arguments, planning


class DesiredStateMixin(ClientBase):
    """Planning and applying what should be, one group at a time."""

    def plan(
        self,
        spec: TargetGroupSpec,
        *,
        targets: Iterable[Target] | None = None,
        prune: bool = False,
        replace: bool = False,
    ) -> Plan:
        """What would have to be done to have this group, as a value that prints like a diff; this only reads.

        Only what the spec sets is compared, with the service's defaults where the service fills them in. Tags that
        it does not name stay, and so does the health check of a group whose spec has none. A group that is being
        created or deleted is planned for as it will be; waiting for that is left to ``apply``.

        Args:
            spec: The group as it should be; it is looked for by its name, which reads the list of all groups.
            targets: The targets that should be registered; None leaves targets alone.
            prune: Take out targets that are not named; if not, those that others registered stay.
            replace: Allow to drain, delete and create again a group that cannot be changed into this one, or that
                failed (CREATE_FAILED, DELETE_FAILED). The new group has the targets named here and no others.

        Raises:
            InvalidSpecError: The spec or the targets break rules; nothing was sent.
            ReplacementRequiredError: The group differs where it cannot change, or failed, and ``replace`` is not
                set or a service uses the group.

        """
        return planning.plan_by_name(self._sender, self._make_desired(spec, targets, prune, replace))

    def apply(self, plan: Plan, *, order: ApplyOrder = "register_first") -> TargetGroup:
        """The group, once each step of the plan is done; what is done already is not done again.

        First it reads again what the plan was made against. A group that is being created is waited for, and so is
        one that is being deleted and whose name is needed, for 300 s each; what a replacement drains, for 600 s.
        Targets that were taken out are not waited for, unless there can be one target only.

        Args:
            plan: What ``plan`` returned, here or elsewhere, now or earlier.
            order: ``register_first`` lets new targets in before old ones are out, which is safe for traffic;
                ``deregister_first`` the other way round, which needs no room in the quota. ALB and LAMBDA groups,
                which can have one target, take ``deregister_first`` whatever is asked for.

        Raises:
            StalePlanError: Something moved since, and more or other things would have to be done; nothing was.
            ApplyError: A step failed; it says which are done. Plan and apply again to go on.
            TargetGroupFailedError: The group was found while it was being created, and that failed; nothing was done.
            WaitTimeoutError: The same, and it was not ACTIVE in time.

        """
        validate_plan(plan, allow_unknown=self._allow_unknown)
        return applying.apply(self._sender, plan, order)

    def ensure(
        self,
        spec: TargetGroupSpec,
        *,
        targets: Iterable[Target] | None = None,
        prune: bool = False,
        replace: bool = False,
        run_id: str | None = None,
    ) -> TargetGroup:
        """The group, as it should be: ``plan`` and ``apply`` in one.

        Args:
            spec: As for :meth:`plan`, and so are the next three.
            targets: The targets that should be registered; None leaves targets alone.
            prune: Take out targets that are not named.
            replace: Allow to delete and create again what cannot change.
            run_id: Any text that names this run, to resume a creation of the same run; default: a new one, which is
                logged at INFO. Use one again only to resume.

        Raises:
            InvalidSpecError: The spec or the targets break rules; nothing was sent.
            ReplacementRequiredError: As for :meth:`plan`.
            ApplyError: A step failed; it says which are done. Call again to go on.
            TargetGroupFailedError: The group was found while it was being created, and that failed; nothing was done.
            WaitTimeoutError: The same, and it was not ACTIVE in time.

        """
        arguments.validate_run_id(run_id)
        return applying.ensure(self._sender, self._make_desired(spec, targets, prune, replace), run_id)

    def _make_desired(
        self, spec: TargetGroupSpec, targets: Iterable[Target] | None, prune: bool, replace: bool
    ) -> DesiredState:
        desired = DesiredState(spec, targets, prune=prune, replace=replace)
        validate_desired(desired, allow_unknown=self._allow_unknown)
        return desired
