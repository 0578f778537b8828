"""The models of lattice_tg as frozen pydantic v2 models with the member names of the API.

Enum values are declared as strings, because pydantic validates strings fastest. lattice_tg uses Literal types.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class MatcherModel(Model):
    http_code: str


class HealthCheckModel(Model):
    enabled: bool | None = None
    protocol: str | None = None
    protocol_version: str | None = None
    port: int | None = None
    path: str | None = None
    interval_seconds: int | None = Field(None, alias="healthCheckIntervalSeconds")
    timeout_seconds: int | None = Field(None, alias="healthCheckTimeoutSeconds")
    healthy_threshold_count: int | None = None
    unhealthy_threshold_count: int | None = None
    matcher: MatcherModel | None = None


class ConfigModel(Model):
    port: int | None = None
    protocol: str | None = None
    protocol_version: str | None = None
    vpc_identifier: str | None = None
    ip_address_type: str | None = None
    lambda_event_structure_version: str | None = None
    health_check: HealthCheckModel | None = None


class SpecModel(Model):
    name: str
    type: str
    config: ConfigModel = ConfigModel()
    tags: dict[str, str] | None = None


class GroupModel(Model):
    id: str
    arn: str
    name: str
    type: str
    status: str
    config: ConfigModel = ConfigModel()
    created_at: datetime | None = None
    last_updated_at: datetime | None = None
    service_arns: tuple[str, ...] = ()
    failure_code: str | None = None
    failure_message: str | None = None


class GroupSummaryModel(Model):
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


class TargetModel(Model):
    id: str
    port: int | None = None


class TargetSummaryModel(Model):
    id: str
    port: int | None = None
    status: str
    reason_code: str | None = None
