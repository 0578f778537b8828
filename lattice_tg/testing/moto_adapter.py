"""The connection between the emulator and moto.

moto mocks all AWS operations that the emulator does not handle. moto also stores the services of VPC Lattice, the
associations of services with service networks, and the EC2 instances. The emulator reads them to determine which target
groups are in use and which targets can be healthy.
"""

import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest  # pyright: ignore[reportMissingTypeStubs]
from botocore.compat import HTTPHeaders  # pyright: ignore[reportMissingTypeStubs]
from botocore.exceptions import ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]
from moto import mock_aws
from moto.backends import get_backend
from moto.core.models import botocore_stubber
from moto.iam.models import get_account_id_from
from moto.settings import allow_unknown_region

from lattice_tg.testing.endpoints import AwsHost, is_known_region, parse_host
from lattice_tg.testing.errors import Violation, not_found, validation_error
from lattice_tg.testing.http_messages import DroppedResponse, Request, Response, error_response, success_response
from lattice_tg.testing.listeners import id_from_arn
from lattice_tg.testing.routing import Environment, Service
from lattice_tg.testing.state import EmulatedService
from lattice_tg.testing.tagging_api import extend_tagging_api

MotoResponse = tuple[int, Mapping[str, str], str | bytes]
MotoFunction = Callable[[Any], MotoResponse | None]

_STUBBER: Any = botocore_stubber
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/", re.ASCII)
_NOT_MOCKED: MotoResponse = (404, {}, "Not yet implemented")
_UNSIGNED = ("", "us-east-1", "vpc-lattice")
_UNSIGNED_STS = ("", "us-east-1", "sts")
_STS_VERSION = re.compile(rb"(^|&)Version=2011-06-15(&|$)", re.ASCII)
_ASSOCIATION = re.compile(r"/servicenetworkserviceassociations/(?P<id>[^/]+)", re.ASCII)


def create_mock_aws() -> Any:
    """Return a mock of all AWS services that moto supports, without starting the mock."""
    return mock_aws()


def connect(current_service: Callable[[], EmulatedService]) -> None:
    """Route requests to the current emulator, and to moto if the emulator does not handle them."""
    _STUBBER.process_request = _emulator_first(current_service, _STUBBER.process_request)


def disconnect() -> None:
    """Restore moto's own handling of requests."""
    del _STUBBER.process_request


@contextmanager
def block_unmocked(block: Callable[[str], None]) -> Generator[None]:
    """Call ``block`` with the host of each unmocked request until the context ends."""
    process = _STUBBER.process_request

    def process_request(request: Any) -> MotoResponse | None:
        response: MotoResponse | None = process(request)
        if response == _NOT_MOCKED:
            block(urlsplit(str(request.url)).hostname or "")
        return response

    _STUBBER.process_request = process_request
    try:
        yield
    finally:
        _STUBBER.process_request = process


def _emulator_first(current_service: Callable[[], EmulatedService], moto: MotoFunction) -> MotoFunction:
    def process_request(aws_request: Any) -> MotoResponse | None:
        host = parse_host(urlsplit(str(aws_request.url)).hostname or "")
        if host is None:
            return moto(aws_request)
        standard_request = _with_standard_host(aws_request, host)
        match host.labels:
            case ("vpc-lattice", region):
                return _process_lattice_request(current_service(), standard_request, region, moto)
            case ("tagging", region):
                return _process_tagging_request(current_service(), standard_request, region, moto)
            case ("ec2", region):
                response = moto(standard_request)
                current_service().refresh(_account_id(aws_request.headers), region)
                return response
            case _:
                return moto(standard_request)

    return process_request


def _with_standard_host(aws_request: Any, host: AwsHost) -> Any:
    """Return the request with a host that moto recognizes.

    moto sends requests to other hosts, such as those of dual-stack and FIPS endpoints, to the real AWS.
    """
    url = urlsplit(str(aws_request.url))
    if url.netloc == host.standard_name:
        return aws_request
    return AWSPreparedRequest(
        method=aws_request.method,
        url=url._replace(netloc=host.standard_name).geturl(),
        headers=aws_request.headers,
        body=aws_request.body,
        stream_output=aws_request.stream_output,
    )


def _process_lattice_request(
    service: EmulatedService, aws_request: Any, region: str, moto: MotoFunction
) -> MotoResponse | None:
    if not (is_known_region(region) or allow_unknown_region()):
        error = validation_error([Violation("region", f"{region} must be a Region that botocore knows")])
        return _to_moto_response(error_response(error.response), aws_request.url)
    request = _to_request(aws_request, region)
    if (response := service.handle(request)) is not None:
        return _to_moto_response(response, aws_request.url)
    _create_backend("vpc-lattice", request.account, region)
    result = _delete_association(request) or moto(aws_request)
    if result and (request.method, request.path) == ("POST", "/services"):
        result = _rename_service(service, request, result)
    service.refresh(request.account, region)
    return result


def _process_tagging_request(
    service: EmulatedService, aws_request: Any, region: str, moto: MotoFunction
) -> MotoResponse | None:
    account = _account_id(aws_request.headers)
    vpc_lattice = _create_backend("vpc-lattice", account, region)
    tagging_api = _create_backend("resourcegroupstaggingapi", account, region)
    with (
        service.use_backend(account, region) as (backend, now),
        extend_tagging_api(tagging_api, vpc_lattice, backend, now),
    ):
        return moto(aws_request)


def _to_request(aws_request: Any, region: str) -> Request:
    url = urlsplit(str(aws_request.url))
    body = aws_request.body or b""
    return Request(
        method=aws_request.method,
        path=url.path,
        query=url.query,
        body=body.encode() if isinstance(body, str) else body,
        account=_account_id(aws_request.headers),
        region=region,
    )


def _account_id(headers: Mapping[str, Any]) -> str:
    """Return the account id for a request, following the same rules as moto."""
    if account := os.environ.get("MOTO_ACCOUNT_ID") or headers.get("x-moto-account-id"):
        return _decode(account)
    credential = _CREDENTIAL.search(_decode(headers.get("Authorization", "")))
    return str(get_account_id_from(credential["key"] if credential else ""))


def _decode(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _to_moto_response(response: Response | DroppedResponse, url: str) -> MotoResponse:
    if isinstance(response, DroppedResponse):
        raise ConnectionClosedError(endpoint_url=url)
    return response.http_status, response.headers, response.body


def handle_http(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response | DroppedResponse:
    """Return the response of the emulator or moto to a request that arrived over HTTP.

    The signature of the request determines the service and the Region. An access key of twelve digits is used as the
    account id, because clients such as the AWS CLI have no other way to choose an account.

    Args:
        method: The HTTP method.
        target: The path with the query string.
        headers: The HTTP headers.
        body: The body.

    Raises:
        NotImplementedError: If moto does not support the operation.

    """
    http_headers = _case_insensitive_headers(headers)
    key, region, service = _parse_signature(http_headers.get("Authorization", ""), body)
    if re.fullmatch(r"\d{12}", key):
        http_headers["x-moto-account-id"] = key
    url = f"https://{service}.{region}.amazonaws.com{target}"
    aws_request = AWSPreparedRequest(method, url, http_headers, body, stream_output=False)
    try:
        return _from_moto_response(_STUBBER.process_request(aws_request))
    except ConnectionClosedError:
        return DroppedResponse()


def _parse_signature(authorization: str, body: bytes) -> tuple[str, str, str]:
    """Return the access key, Region and service of a request.

    An unsigned request with the version of the STS API, such as AssumeRoleWithWebIdentity, is for STS. Any other
    unsigned request is for VPC Lattice.
    """
    credential = _CREDENTIAL.search(authorization)
    if credential is not None:
        return credential["key"], credential["region"], credential["service"]
    return _UNSIGNED_STS if _STS_VERSION.search(body) else _UNSIGNED


def _case_insensitive_headers(headers: Mapping[str, str]) -> Any:
    # The AWS SDK for JavaScript sends header names in lower case.
    http_headers: Any = HTTPHeaders()
    for name, value in headers.items():
        http_headers[name] = value
    return http_headers


def _from_moto_response(moto_response: MotoResponse) -> Response:
    status, headers, body = moto_response
    return Response(status, headers, body.encode() if isinstance(body, str) else body)


def find_environment(account: str, region: str) -> Environment:
    """Return the services that moto stores in an account and Region, and the EC2 instances that are not running."""
    backend = _find_backend("vpc-lattice", account, region)
    services = () if backend is None else tuple(_iter_services(backend))
    return Environment(services, frozenset(_iter_stopped_instances(account, region)))


def _find_backend(service: Literal["ec2", "vpc-lattice"], account: str, region: str) -> Any:
    """Return moto's backend of a service, or None if moto has not created the backend yet."""
    accounts: Any = get_backend(service)
    return accounts.get(account, {}).get(region)


def _iter_services(backend: Any) -> Iterator[Service]:
    association_ids = defaultdict[str, set[str]](set)
    for association in list(backend.service_network_service_associations.values()):
        association_ids[association.service_id].add(association.id)
    for service in list(backend.services.values()):
        yield Service(service.id, service.arn, frozenset(association_ids[service.id]))


def _iter_stopped_instances(account: str, region: str) -> Iterator[str]:
    # Importing moto's EC2 backend is slow. Until a request has imported the backend, moto has no instances.
    backend = _find_backend("ec2", account, region) if "moto.ec2.models" in sys.modules else None
    reservations = [] if backend is None else list(backend.reservations.values())
    for instance in [instance for reservation in reservations for instance in reservation.instances]:
        if instance.state != "running":
            yield str(instance.id)


def _create_backend(service: Literal["resourcegroupstaggingapi", "vpc-lattice"], account: str, region: str) -> Any:
    """Return moto's backend of a service, even in a Region in which the service is not available yet."""
    accounts: Any = get_backend(service)
    if region not in accounts[account].regions:
        accounts[account].regions.append(region)
    return accounts[account][region]


def _rename_service(service: EmulatedService, request: Request, result: MotoResponse) -> MotoResponse:
    """Give a service that moto created an id and ARN that match the service model.

    The ids that moto generates contain hyphens, and its ARNs are always in the partition ``aws``.
    """
    http_status, headers, body = result
    if http_status != HTTPStatus.OK:
        return result
    backend = _find_backend("vpc-lattice", request.account, request.region)
    created = backend.services.pop(json.loads(body)["id"])
    tags = backend.tagger.get_tag_dict_for_resource(created.arn)
    backend.tagger.delete_all_tags_for_resource(created.arn)
    renamed = service.new_service(request.account, request.region)
    created.id, created.arn = renamed.id, renamed.arn
    backend.services[created.id] = created
    backend.tag_resource(created.arn, tags)
    return http_status, headers, json.dumps(created.to_dict())


def _delete_association(request: Request) -> MotoResponse | None:
    """Return the response to DeleteServiceNetworkServiceAssociation, which moto lacks, or None for another request."""
    match = _ASSOCIATION.fullmatch(request.path)
    if request.method != "DELETE" or match is None:
        return None
    backend, identifier = _find_backend("vpc-lattice", request.account, request.region), unquote(match["id"])
    association = backend and backend.service_network_service_associations.pop(id_from_arn(identifier), None)
    if not association:
        return _to_moto_response(error_response(not_found(identifier, "Association").response), request.path)
    body = {"id": association.id, "arn": association.arn, "status": "DELETE_IN_PROGRESS"}
    return _to_moto_response(success_response(200, body), request.path)
