"""A twin of this library in pydantic v2, as far as conversion goes: a page is read and written at once."""

from typing import Any

from pydantic import TypeAdapter

from alternatives import raw_boto3
from alternatives.five_calls import FiveCalls
from alternatives.pydantic_models import GroupSummaryTwin, GroupTwin, SpecTwin, TargetSummaryTwin, TargetTwin
from service.responses import GROUP_ID, TARGETS, WANTED

GROUP_ROWS = TypeAdapter(list[GroupSummaryTwin])
TARGET_ROWS = TypeAdapter(list[TargetSummaryTwin])
TARGET_LIST = TypeAdapter(list[TargetTwin])
TARGET_TWINS = TARGET_LIST.validate_python(TARGETS)


def spec_data(wanted: SpecTwin) -> dict[str, Any]:
    return wanted.model_dump(by_alias=True, exclude_none=True)


def targets_data() -> Any:
    return TARGET_LIST.dump_python(TARGET_TWINS, by_alias=True, exclude_none=True)


def calls(url: str) -> FiveCalls:
    """A client of boto3's with these models around it."""
    raw, wanted, named = raw_boto3.client(url), SpecTwin.model_validate(WANTED), {"targetGroupIdentifier": GROUP_ID}
    return FiveCalls(
        create=lambda: GroupTwin.model_validate(raw.create_target_group(**spec_data(wanted))),
        get=lambda: GroupTwin.model_validate(raw.get_target_group(**named)),
        list_groups=lambda: GROUP_ROWS.validate_python(raw.list_target_groups(maxResults=100)["items"]),
        list_targets=lambda: TARGET_ROWS.validate_python(raw.list_targets(**named, maxResults=100)["items"]),
        register=lambda: TARGET_LIST.validate_python(
            raw.register_targets(**named, targets=targets_data())["successful"]
        ),
    )
