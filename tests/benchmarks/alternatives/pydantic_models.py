"""The models in pydantic v2: frozen, under the service's names.

Words are plain text here, which is what pydantic reads fastest; ours complete in the editor.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


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
