"""The verbs of tags."""

from collections.abc import Iterable, Mapping

from lattice_tg.client.shared import ClientBase
from lattice_tg.identifiers import TargetGroupLike
from lattice_tg.verbs import arguments, reads


class TagsMixin(ClientBase):
    """Reading, adding and taking off tags."""

    def tags(self, target_group: TargetGroupLike) -> Mapping[str, str]:
        """The group's tags; given an id, this costs one Get for the ARN.

        Args:
            target_group: The group.

        """
        return reads.tags(self._sender, target_group)

    def tag(self, target_group: TargetGroupLike, tags: Mapping[str, str]) -> None:
        """Add tags to the group, or change their values; the others stay.

        Args:
            target_group: The group.
            tags: Keys of 1-128 characters, not starting with ``aws:``, and values of 0-256; a group has 50 at most.

        """
        checked = arguments.validate_tags(tags)
        request = {"resourceArn": reads.resolve_arn(self._sender, target_group), "tags": checked}
        self._sender.send(self._sender.api.tag_resource, request)

    def untag(self, target_group: TargetGroupLike, keys: Iterable[str]) -> None:
        """Take tags off the group; one that it has not is no error.

        Args:
            target_group: The group.
            keys: The keys of the tags, one at least.

        """
        checked = arguments.validate_tag_keys(keys)
        request = {"resourceArn": reads.resolve_arn(self._sender, target_group), "tagKeys": checked}
        self._sender.send(self._sender.api.untag_resource, request)
