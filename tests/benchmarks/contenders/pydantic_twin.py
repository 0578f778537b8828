"""The same models in pydantic v2: frozen, under the service's names, read and written a page at a time.

Words are plain text here, which is what pydantic reads fastest; ours complete in the editor.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from contenders import raw_boto3
from contenders.five_calls import FiveCalls
from service.answers import GROUP_ID, TARGETS, WANTED

CHECK = "healthCheck"


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class MatcherTwin(Model):
    http_code: str


class HealthCheckTwin(Model):
    enabled: bool | None = None
    protocol: str | None = None
    protocol_version: str | None = None
    port: int | None = None
    path: str | None = None
    interval_seconds: int | None = Field(None, alias="healthCheckIntervalSeconds")
    timeout_seconds: int | None = Field(None, alias="healthCheckTimeoutSeconds")
    healthy_threshold_count: int | None = None
    unhealthy_threshold_count: int | None = None
    matcher: MatcherTwin | None = None


class ConfigTwin(Model):
    port: int | None = None
    protocol: str | None = None
    protocol_version: str | None = None
    vpc_identifier: str | None = None
    ip_address_type: str | None = None
    lambda_event_structure_version: str | None = None
    health_check: HealthCheckTwin | None = None


class SpecTwin(Model):
    name: str
    type: str
    config: ConfigTwin = ConfigTwin()
    tags: dict[str, str] | None = None


class GroupTwin(Model):
    id: str
    arn: str
    name: str
    type: str
    status: str
    config: ConfigTwin = ConfigTwin()
    created_at: datetime | None = None
    last_updated_at: datetime | None = None
    service_arns: tuple[str, ...] = ()
    failure_code: str | None = None
    failure_message: str | None = None


class GroupSummaryTwin(Model):
    id: str
    arn: str
    name: str
    type: str
    status: str
    port: int | None = None
    protocol: str | None = None
    ip_address_type: str | None = None
    vpc_identifier: str | None = None
    lambda_event_structure_version: str | None = None
    created_at: datetime | None = None
    last_updated_at: datetime | None = None
    service_arns: tuple[str, ...] = ()


class TargetTwin(Model):
    id: str
    port: int | None = None


class TargetSummaryTwin(Model):
    id: str
    port: int | None = None
    status: str
    reason_code: str | None = None


GROUP_ROWS = TypeAdapter(list[GroupSummaryTwin])
TARGET_ROWS = TypeAdapter(list[TargetSummaryTwin])
TARGET_LIST = TypeAdapter(list[TargetTwin])
TARGET_TWINS = TARGET_LIST.validate_python(TARGETS)


def spec() -> SpecTwin:
    return SpecTwin.model_validate(WANTED)


def spec_data(wanted: SpecTwin) -> dict[str, Any]:
    return wanted.model_dump(by_alias=True, exclude_none=True)


def targets_data() -> Any:
    return TARGET_LIST.dump_python(TARGET_TWINS, by_alias=True, exclude_none=True)


def calls(url: str) -> FiveCalls:
    """A client of boto3's with these models around it."""
    raw, wanted, named = raw_boto3.client(url), spec(), {"targetGroupIdentifier": GROUP_ID}
    return FiveCalls(
        create=lambda: GroupTwin.model_validate(raw.create_target_group(**spec_data(wanted))),
        get=lambda: GroupTwin.model_validate(raw.get_target_group(**named)),
        list_groups=lambda: GROUP_ROWS.validate_python(raw.list_target_groups(maxResults=100)["items"]),
        list_targets=lambda: TARGET_ROWS.validate_python(raw.list_targets(**named, maxResults=100)["items"]),
        register=lambda: TARGET_LIST.validate_python(
            raw.register_targets(**named, targets=targets_data())["successful"]
        ),
    )
