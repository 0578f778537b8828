"""Target groups that violate no rule."""

from support.spec_cases.requests import (
    FIFTY_TAGS,
    HTTP_TYPES,
    Request,
    checked,
    group,
    grpc_checked,
    http,
    http2_checked,
    matched,
    named,
    tagged,
    tcp,
    tcp_checked,
)

VALID_TYPES: dict[str, Request] = {
    "an IP group with only the required members": http("IP"),
    "an INSTANCE group with only the required members": http("INSTANCE"),
    "an ALB group with only the required members": http("ALB"),
    "a LAMBDA group without a config": {"name": "orders", "type": "LAMBDA"},
    "a LAMBDA group with an empty config": group("LAMBDA"),
    "a LAMBDA group with event structure V1": group("LAMBDA", lambdaEventStructureVersion="V1"),
    "a LAMBDA group with event structure V2": group("LAMBDA", lambdaEventStructureVersion="V2"),
    "a LAMBDA group with tags": group("LAMBDA") | {"tags": {"team": "checkout"}},
    "an IP group over IPv4": http("IP", ipAddressType="IPV4"),
    "an IP group over IPv6": http("IP", ipAddressType="IPV6"),
    "an IP group of TCP over IPv6": tcp("IP", ipAddressType="IPV6"),
    "an IP group of TCP with a port": tcp("IP"),
    "an INSTANCE group of TCP with a port": tcp("INSTANCE"),
    "an IP group with a port, a version and an address type": http(
        "IP", port=8443, protocolVersion="HTTP2", ipAddressType="IPV4"
    ),
    **{
        f"an {type_} group of {protocol} with {version}": http(type_, protocol=protocol, protocolVersion=version)
        for type_ in HTTP_TYPES
        for protocol in ("HTTP", "HTTPS")
        for version in ("HTTP1", "HTTP2", "GRPC")
    },
    **{f"an {type_} group of HTTPS without a port or a version": http(type_, protocol="HTTPS") for type_ in HTTP_TYPES},
}

VALID_CONFIGS: dict[str, Request] = {
    "the lowest port": http("IP", port=1),
    "the highest port": http("IP", port=65535),
    "the lowest port of an ALB group": http("ALB", port=1),
    "the highest port of a TCP group": tcp("IP", port=65535),
    "a port that is not its protocol's default": http("INSTANCE", protocol="HTTPS", port=80),
    "a VPC id of eight characters": http("IP", vpcIdentifier="vpc-0123abcd"),
    "a VPC id of seventeen characters": http("IP", vpcIdentifier="vpc-0a1b2c3d4e5f60718"),
    "a VPC id with letters past f": http("IP", vpcIdentifier="vpc-xyz01234"),  # model: [0-9a-z]
}

VALID_HEALTH_CHECKS: dict[str, Request] = {
    "a health check that is only enabled": checked(enabled=True),
    "a health check that is only disabled": checked(enabled=False),
    "an INSTANCE group with a health check": http("INSTANCE", healthCheck={"enabled": True, "path": "/health"}),
    "an IP group with HTTP2 and an HTTP1 health check": http2_checked(enabled=True, protocolVersion="HTTP1"),
    "an IP group with HTTP2 and an HTTP2 health check": http2_checked(enabled=True, protocolVersion="HTTP2"),
    "an HTTP2 group with an enabled health check without a version": http2_checked(enabled=True),
    "a GRPC group with an HTTP1 health check": grpc_checked(enabled=True, protocolVersion="HTTP1"),
    "a GRPC group with an HTTP2 health check": grpc_checked(enabled=True, protocolVersion="HTTP2"),
    "a GRPC group with a disabled health check": grpc_checked(enabled=False),
    "a GRPC group with a health check without enabled": grpc_checked(path="/health"),  # 1.2: disabled by default
    "a TCP group with an HTTP health check": tcp_checked(enabled=True, protocol="HTTP", protocolVersion="HTTP1"),
    "a TCP group with an HTTPS health check": tcp_checked(enabled=True, protocol="HTTPS", protocolVersion="HTTP2"),
    "a TCP group with a disabled health check": tcp_checked(enabled=False),
    "a TCP group with a health check without enabled": tcp_checked(path="/health"),  # 1.2: disabled by default
    "a health check with every member": checked(
        enabled=True,
        protocol="HTTPS",
        protocolVersion="HTTP2",
        port=9443,
        path="/health",
        healthCheckIntervalSeconds=30,
        healthCheckTimeoutSeconds=5,
        healthyThresholdCount=5,
        unhealthyThresholdCount=2,
        matcher={"httpCode": "200-299"},
    ),
    "an HTTP group with an HTTPS health check": checked(protocol="HTTPS"),
    "an HTTPS group with an HTTP health check": http("IP", protocol="HTTPS", healthCheck={"protocol": "HTTP"}),
    "an HTTP1 group with an HTTP2 health check": checked(protocolVersion="HTTP2"),
    "the longest timeout": checked(healthCheckTimeoutSeconds=120, healthCheckIntervalSeconds=300),
    **{
        f"a health check with {member}={number}": checked(**{member: number})
        for member, numbers in {
            "port": (1, 65535),
            "healthCheckIntervalSeconds": (5, 300),
            "healthCheckTimeoutSeconds": (1,),
            "healthyThresholdCount": (2, 10),
            "unhealthyThresholdCount": (2, 10),
        }.items()
        for number in numbers
    },
    "the shortest path": checked(path="/"),
    "the longest path": checked(path="/" + "a" * 2047),
    "a path with a query": checked(path="/health?deep=1&from=lattice"),
    "a path with every permitted symbol": checked(path="/@:%_+.~#?&/=-"),
    "a path with capitals and digits": checked(path="/Health/V2"),
    "a matcher of one code": matched("200"),
    "a matcher of a list": matched("200,202"),
    "a matcher of a range": matched("200-299"),
}

# Section 5: AWS does not document a rule for these requests, so the requests are valid.
VALID_UNDOCUMENTED: dict[str, Request] = {
    "undocumented: a timeout equal to its interval": checked(
        healthCheckTimeoutSeconds=30, healthCheckIntervalSeconds=30
    ),
    "undocumented: a timeout over its interval": checked(healthCheckTimeoutSeconds=60, healthCheckIntervalSeconds=10),
    "undocumented: a timeout over the default interval": checked(healthCheckTimeoutSeconds=120),
    "undocumented: an HTTPS group with a health check without a protocol": http(
        "IP", protocol="HTTPS", healthCheck={"enabled": True}
    ),
}

VALID_NAMES: dict[str, Request] = {
    "a name of three characters": named("abc"),
    "a name of 128 characters": named("a" * 128),
    "a name of digits": named("123"),
    "a name with single hyphens": named("a-b-c"),
    "a name with tg- inside": named("my-tg-1"),
    "a name that ends in tg": named("orders-tg"),
    "a name that begins with tg and no hyphen": named("tgs"),
}

VALID_TAGS: dict[str, Request] = {
    "no tags": tagged({}),
    "fifty tags": tagged(FIFTY_TAGS),
    "a tag key of one character": tagged({"k": "value"}),
    "a tag key of 128 characters": tagged({"k" * 128: "value"}),
    "a tag key of 128 non-ASCII letters": tagged({"é" * 128: "value"}),
    "a tag value of 256 characters": tagged({"key": "v" * 256}),
    "a tag value of 256 non-ASCII letters": tagged({"key": "é" * 256}),
    "an empty tag value": tagged({"key": ""}),  # design, section 4
    "tag keys that differ only in case": tagged({"team": "a", "Team": "b"}),
    "a tag in German": tagged({"größe": "übergroß"}),
    "a tag in Japanese": tagged({"環境": "本番"}),
    "a tag of digits": tagged({"2026": "10"}),
    "a tag key that begins with aws and no colon": tagged({"awsome": "value"}),
    "a tag with aws: inside": tagged({"my-aws:x": "my-aws:y"}),
    **{
        f"a tag with {symbol!r} inside its key and its value": tagged({f"a{symbol}b": f"c{symbol}d"})
        for symbol in "_.:/=+-@ "
    },
}

VALID: dict[str, Request] = (
    VALID_TYPES | VALID_CONFIGS | VALID_HEALTH_CHECKS | VALID_UNDOCUMENTED | VALID_NAMES | VALID_TAGS
)
