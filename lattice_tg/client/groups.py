"""The verbs of groups."""

from collections.abc import Iterable, Iterator

from lattice_tg.client.waits import WaitersMixin
from lattice_tg.identifiers import TargetGroupLike, resolve_identifier
from lattice_tg.models.answers import TargetGroupDeletion, TargetGroupSummary
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.rules import validate
from lattice_tg.tokens import new_client_token
from lattice_tg.verbs import arguments, creation, deletion, reads
from lattice_tg.vocabulary import ResettableHealthCheckField, TargetGroupType
from lattice_tg.wire import from_boto3


class TargetGroupsMixin(WaitersMixin):
    """Creating, reading, changing and deleting groups."""

    def create(
        self,
        spec: TargetGroupSpec,
        *,
        client_token: str | None = None,
        wait: bool = False,
        timeout_seconds: float = 300.0,
    ) -> TargetGroup:
        """The group made for ``spec``: one, however often the request had to be sent.

        Args:
            spec: What is wanted; ``TargetGroupBuilder`` writes one.
            client_token: 1-64 characters that name this create; default: a random one. Pass an error's
                ``client_token`` to resume the create that it ended.
            wait: Return once the group is ACTIVE, not while it is being created.
            timeout_seconds: With ``wait``: seconds to wait.

        Raises:
            InvalidSpecError: The spec breaks rules; nothing was sent.
            ConflictError: Its name is taken (``kind`` is ``name_exists``), or the token is another request's.
            ServiceQuotaExceededError: The account has as many groups as it may have.

        """
        validate(spec, allow_unknown=self._allow_unknown)
        arguments.validate_seconds(timeout_seconds=timeout_seconds)
        token = new_client_token() if client_token is None else arguments.validate_client_token(client_token)
        group = creation.create(self._sender, spec, token)
        return self.wait_until_active(group, timeout_seconds=timeout_seconds) if wait else group

    def get(self, target_group: TargetGroupLike) -> TargetGroup:
        """The group's description.

        Args:
            target_group: The group.

        Raises:
            ResourceNotFoundError: There is none.
            InvalidIdentifierError: A name was given; ``find`` takes one.

        """
        return reads.get(self._sender, target_group)

    def find(self, name: str) -> TargetGroup | None:
        """The group of this name, or None; the service has no look-up by name, so this reads all pages of the list.

        Args:
            name: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting with ``tg-``.

        """
        return reads.find(self._sender, arguments.validate_name(name))

    def list(
        self, *, type: TargetGroupType | None = None, vpc_identifier: str | None = None
    ) -> Iterator[TargetGroupSummary]:
        """Every group of the account and Region, page by page as they are taken.

        Args:
            type: Only groups of this type: IP, INSTANCE, ALB or LAMBDA; default: of any.
            vpc_identifier: Only groups of this VPC, by its id; default: of any, and of none.

        """
        filters = arguments.list_filters(type, vpc_identifier, allow_unknown=self._allow_unknown)
        return reads.iter_summaries(self._sender, filters)

    def update_health_check(
        self,
        target_group: TargetGroupLike,
        health_check: HealthCheck = HealthCheck(),
        *,
        reset: Iterable[ResettableHealthCheckField] = (),
    ) -> TargetGroup:
        """The group, its health check changed: nothing else of a group can change.

        Exactly what is set is sent. Whether the service keeps the fields that are not sent is not documented.

        Args:
            target_group: The group; where its description is given, its type counts: ALB and LAMBDA groups have no
                health check.
            health_check: The fields to set.
            reset: The fields to put back to the service's defaults.

        Raises:
            InvalidSpecError: It breaks rules, says nothing, or is not for this type; nothing was sent.

        """
        request = {
            "targetGroupIdentifier": resolve_identifier(target_group),
            "healthCheck": arguments.health_check_update(
                target_group, health_check, reset, allow_unknown=self._allow_unknown
            ),
        }
        return from_boto3(TargetGroup, self._sender.send(self._sender.api.update_target_group, request))

    def delete(
        self,
        target_group: TargetGroupLike,
        *,
        missing_ok: bool = False,
        drain: bool = False,
        wait: bool = False,
        timeout_seconds: float = 600.0,
    ) -> TargetGroupDeletion | None:
        """The service's answer to a delete, or None where the group was gone already.

        A group whose deletion failed (DELETE_FAILED) can be deleted again.

        Args:
            target_group: The group.
            missing_ok: A group that is not there is no error.
            drain: First deregister all targets and wait until they are gone; a group in use is left as it is.
            wait: Return once the group is gone.
            timeout_seconds: Seconds for all of this together.

        Raises:
            ConflictError: A service uses the group (``kind`` is ``in_use``, and ``service_arns`` says which), or it
                has targets (``has_targets``).
            ResourceNotFoundError: There is none, and ``missing_ok`` is not set.
            PartialFailureError: With ``drain``: some targets could not be deregistered; nothing was deleted.
            TargetGroupFailedError: With ``wait``: deleting it failed; ``delete`` tries again.
            WaitTimeoutError: It was not done in time; it says how far it came.

        """
        arguments.validate_seconds(timeout_seconds=timeout_seconds)
        return deletion.delete(
            self._sender, target_group, missing_ok=missing_ok, drain=drain, wait=wait, timeout_seconds=timeout_seconds
        )
