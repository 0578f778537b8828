"""The conversion of lattice_tg, ported to pydantic v2. One pydantic call converts a whole page."""

from typing import Any

from pydantic import TypeAdapter

from alternatives import raw_boto3
from alternatives.five_calls import FiveCalls
from alternatives.pydantic_models import GroupModel, GroupSummaryModel, SpecModel, TargetModel, TargetSummaryModel
from service.responses import CREATE_REQUEST, GROUP_ID, TARGETS

GROUP_LIST = TypeAdapter(list[GroupSummaryModel])
TARGET_SUMMARY_LIST = TypeAdapter(list[TargetSummaryModel])
TARGET_LIST = TypeAdapter(list[TargetModel])
TARGET_MODELS = TARGET_LIST.validate_python(TARGETS)


def format_spec(spec: SpecModel) -> dict[str, Any]:
    return spec.model_dump(by_alias=True, exclude_none=True)


def format_targets() -> Any:
    return TARGET_LIST.dump_python(TARGET_MODELS, by_alias=True, exclude_none=True)


def calls(url: str) -> FiveCalls:
    """Return the five benchmark calls, made with a boto3 client and the pydantic models."""
    raw, desired, identifier = (
        raw_boto3.client(url),
        SpecModel.model_validate(CREATE_REQUEST),
        {"targetGroupIdentifier": GROUP_ID},
    )
    return FiveCalls(
        create=lambda: GroupModel.model_validate(raw.create_target_group(**format_spec(desired))),
        get=lambda: GroupModel.model_validate(raw.get_target_group(**identifier)),
        list_groups=lambda: GROUP_LIST.validate_python(raw.list_target_groups(maxResults=100)["items"]),
        list_targets=lambda: TARGET_SUMMARY_LIST.validate_python(
            raw.list_targets(**identifier, maxResults=100)["items"]
        ),
        register=lambda: TARGET_LIST.validate_python(
            raw.register_targets(**identifier, targets=format_targets())["successful"]
        ),
    )
