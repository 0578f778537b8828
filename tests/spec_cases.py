"""Legal and illegal target groups, in the wire form that `create_target_group(**case)` takes.

Written from the documents alone, without sight of the rules, so that a mistake on either side shows on the other.
Sources: "API" is AWS's text of create_target_group, "matrix" is section 1.1 of our service rules (other sections by
number), "model" is botocore's service model, "design" is our own. What the sources call unsettled is legal.
"""

from typing import Any, TypeAlias

Request: TypeAlias = dict[str, Any]
Blamed: TypeAlias = tuple[Request, tuple[str, ...]]

VPC = "vpc-0123456789abcdef0"
ROUTED = ("IP", "INSTANCE", "ALB")
FIFTY_TAGS = {f"key-{number}": "value" for number in range(50)}


def _group(type_: str, **config: Any) -> Request:
    return {"name": "orders", "type": type_, "config": config}


def _http(type_: str, **config: Any) -> Request:
    return _group(type_, **{"protocol": "HTTP", "vpcIdentifier": VPC} | config)


def _tcp(type_: str, **config: Any) -> Request:
    return _group(type_, **{"protocol": "TCP", "port": 5432, "vpcIdentifier": VPC} | config)


def _named(name: str) -> Request:
    return _http("IP") | {"name": name}


def _tagged(tags: dict[str, str]) -> Request:
    return _http("IP") | {"tags": tags}


def _checked(**health_check: Any) -> Request:
    return _http("IP", healthCheck=health_check)


def _tcp_checked(**health_check: Any) -> Request:
    return _tcp("IP", healthCheck=health_check)


def _grpc_checked(**health_check: Any) -> Request:
    return _http("IP", protocolVersion="GRPC", healthCheck=health_check)


def _http2_checked(**health_check: Any) -> Request:
    return _http("IP", protocolVersion="HTTP2", healthCheck=health_check)


def _matched(codes: str) -> Request:
    return _checked(matcher={"httpCode": codes})


def _blame(field: str, cases: dict[str, Request]) -> dict[str, Blamed]:
    return {claim: (request, (field,)) for claim, request in cases.items()}


_LEGAL_TYPES: dict[str, Request] = {
    "an IP group with nothing but the required": _http("IP"),
    "an INSTANCE group with nothing but the required": _http("INSTANCE"),
    "an ALB group with nothing but the required": _http("ALB"),
    "a LAMBDA group without a config": {"name": "orders", "type": "LAMBDA"},
    "a LAMBDA group with an empty config": _group("LAMBDA"),
    "a LAMBDA group with event structure V1": _group("LAMBDA", lambdaEventStructureVersion="V1"),
    "a LAMBDA group with event structure V2": _group("LAMBDA", lambdaEventStructureVersion="V2"),
    "a LAMBDA group with tags": _group("LAMBDA") | {"tags": {"team": "checkout"}},
    "an IP group over IPv4": _http("IP", ipAddressType="IPV4"),
    "an IP group over IPv6": _http("IP", ipAddressType="IPV6"),
    "an IP group of TCP over IPv6": _tcp("IP", ipAddressType="IPV6"),
    "an IP group of TCP with a port": _tcp("IP"),
    "an INSTANCE group of TCP with a port": _tcp("INSTANCE"),
    "an IP group with a port, a version and an address type": _http(
        "IP", port=8443, protocolVersion="HTTP2", ipAddressType="IPV4"
    ),
    **{
        f"an {type_} group of {protocol} with {version}": _http(type_, protocol=protocol, protocolVersion=version)
        for type_ in ROUTED
        for protocol in ("HTTP", "HTTPS")
        for version in ("HTTP1", "HTTP2", "GRPC")
    },
    **{f"an {type_} group of HTTPS without a port or a version": _http(type_, protocol="HTTPS") for type_ in ROUTED},
}

_LEGAL_CONFIGS: dict[str, Request] = {
    "the lowest port": _http("IP", port=1),
    "the highest port": _http("IP", port=65535),
    "the lowest port of an ALB group": _http("ALB", port=1),
    "the highest port of a TCP group": _tcp("IP", port=65535),
    "a port that is not its protocol's default": _http("INSTANCE", protocol="HTTPS", port=80),
    "a VPC id of eight characters": _http("IP", vpcIdentifier="vpc-0123abcd"),
    "a VPC id of seventeen characters": _http("IP", vpcIdentifier="vpc-0a1b2c3d4e5f60718"),
    "a VPC id with letters past f": _http("IP", vpcIdentifier="vpc-xyz01234"),  # model: [0-9a-z]
}

_LEGAL_HEALTH_CHECKS: dict[str, Request] = {
    "a health check that is only enabled": _checked(enabled=True),
    "a health check that is only disabled": _checked(enabled=False),
    "an INSTANCE group with a health check": _http("INSTANCE", healthCheck={"enabled": True, "path": "/health"}),
    "an IP group with HTTP2 and an HTTP1 health check": _http2_checked(enabled=True, protocolVersion="HTTP1"),
    "an IP group with HTTP2 and an HTTP2 health check": _http2_checked(enabled=True, protocolVersion="HTTP2"),
    "an HTTP2 group with an enabled health check that names no version": _http2_checked(enabled=True),
    "a GRPC group with an HTTP1 health check": _grpc_checked(enabled=True, protocolVersion="HTTP1"),
    "a GRPC group with an HTTP2 health check": _grpc_checked(enabled=True, protocolVersion="HTTP2"),
    "a GRPC group with a disabled health check": _grpc_checked(enabled=False),
    "a GRPC group with a health check that nobody turned on": _grpc_checked(path="/health"),  # 1.2: off by default
    "a TCP group with an HTTP health check": _tcp_checked(enabled=True, protocol="HTTP", protocolVersion="HTTP1"),
    "a TCP group with an HTTPS health check": _tcp_checked(enabled=True, protocol="HTTPS", protocolVersion="HTTP2"),
    "a TCP group with a disabled health check": _tcp_checked(enabled=False),
    "a TCP group with a health check that nobody turned on": _tcp_checked(path="/health"),  # 1.2: off by default
    "a health check with every member": _checked(
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
    "an HTTP group with an HTTPS health check": _checked(protocol="HTTPS"),
    "an HTTPS group with an HTTP health check": _http("IP", protocol="HTTPS", healthCheck={"protocol": "HTTP"}),
    "an HTTP1 group with an HTTP2 health check": _checked(protocolVersion="HTTP2"),
    "the longest timeout": _checked(healthCheckTimeoutSeconds=120, healthCheckIntervalSeconds=300),
    **{
        f"a health check with {member}={number}": _checked(**{member: number})
        for member, numbers in {
            "port": (1, 65535),
            "healthCheckIntervalSeconds": (5, 300),
            "healthCheckTimeoutSeconds": (1,),
            "healthyThresholdCount": (2, 10),
            "unhealthyThresholdCount": (2, 10),
        }.items()
        for number in numbers
    },
    "the shortest path": _checked(path="/"),
    "the longest path": _checked(path="/" + "a" * 2047),
    "a path with a query": _checked(path="/health?deep=1&from=lattice"),
    "a path with every permitted symbol": _checked(path="/@:%_+.~#?&/=-"),
    "a path with capitals and digits": _checked(path="/Health/V2"),
    "a matcher of one code": _matched("200"),
    "a matcher of a list": _matched("200,202"),
    "a matcher of a range": _matched("200-299"),
}

# Section 5 of the service rules: not documented, so not refused.
_LEGAL_UNSETTLED: dict[str, Request] = {
    "unsettled: a timeout equal to its interval": _checked(healthCheckTimeoutSeconds=30, healthCheckIntervalSeconds=30),
    "unsettled: a timeout over its interval": _checked(healthCheckTimeoutSeconds=60, healthCheckIntervalSeconds=10),
    "unsettled: a timeout over the default interval": _checked(healthCheckTimeoutSeconds=120),
    "unsettled: an HTTPS group with a health check that names no protocol": _http(
        "IP", protocol="HTTPS", healthCheck={"enabled": True}
    ),
}

_LEGAL_NAMES: dict[str, Request] = {
    "a name of three characters": _named("abc"),
    "a name of 128 characters": _named("a" * 128),
    "a name of digits": _named("123"),
    "a name with hyphens apart": _named("a-b-c"),
    "a name with tg- inside": _named("my-tg-1"),
    "a name that ends in tg": _named("orders-tg"),
    "a name that begins with tg and no hyphen": _named("tgs"),
}

_LEGAL_TAGS: dict[str, Request] = {
    "no tags": _tagged({}),
    "fifty tags": _tagged(FIFTY_TAGS),
    "a tag key of one character": _tagged({"k": "value"}),
    "a tag key of 128 characters": _tagged({"k" * 128: "value"}),
    "a tag key of 128 non-ASCII letters": _tagged({"é" * 128: "value"}),
    "a tag value of 256 characters": _tagged({"key": "v" * 256}),
    "a tag value of 256 non-ASCII letters": _tagged({"key": "é" * 256}),
    "an empty tag value": _tagged({"key": ""}),  # design, section 4
    "tag keys that differ in case alone": _tagged({"team": "a", "Team": "b"}),
    "a tag in German": _tagged({"größe": "übergroß"}),
    "a tag in Japanese": _tagged({"環境": "本番"}),
    "a tag of digits": _tagged({"2026": "10"}),
    "a tag key that begins with aws and no colon": _tagged({"awsome": "value"}),
    "a tag with aws: inside": _tagged({"my-aws:x": "my-aws:y"}),
    **{
        f"a tag with {symbol!r} inside its key and its value": _tagged({f"a{symbol}b": f"c{symbol}d"})
        for symbol in "_.:/=+-@ "
    },
}

LEGAL: dict[str, Request] = (
    _LEGAL_TYPES | _LEGAL_CONFIGS | _LEGAL_HEALTH_CHECKS | _LEGAL_UNSETTLED | _LEGAL_NAMES | _LEGAL_TAGS
)


# Each X of the matrix: the field that is set is to blame.
_NOT_ON_THIS_TYPE: dict[str, Blamed] = {
    "a LAMBDA group with a port": (_group("LAMBDA", port=80), ("config.port",)),
    "a LAMBDA group with a protocol": (_group("LAMBDA", protocol="HTTP"), ("config.protocol",)),
    "a LAMBDA group with a version": (_group("LAMBDA", protocolVersion="HTTP1"), ("config.protocol_version",)),
    "a LAMBDA group with a VPC": (_group("LAMBDA", vpcIdentifier=VPC), ("config.vpc_identifier",)),
    "an ALB group of TCP": (_tcp("ALB"), ("config.protocol",)),
    **{  # API: "supported only if the target group type is IP"
        f"an {type_} group with {family}": (_http(type_, ipAddressType=family), ("config.ip_address_type",))
        for type_ in ("INSTANCE", "ALB")
        for family in ("IPV4", "IPV6")
    },
    "a LAMBDA group with IPV4": (_group("LAMBDA", ipAddressType="IPV4"), ("config.ip_address_type",)),
    "a LAMBDA group with IPV6": (_group("LAMBDA", ipAddressType="IPV6"), ("config.ip_address_type",)),
    **{  # API: "supported only if the target group type is LAMBDA"
        f"an {type_} group with event structure {version}": (
            _http(type_, lambdaEventStructureVersion=version),
            ("config.lambda_event_structure_version",),
        )
        for type_ in ROUTED
        for version in ("V1", "V2")
    },
    **{  # API: "not supported if the target group type is LAMBDA or ALB"
        f"{claim} with the health check {health_check}": (
            build(type_, healthCheck=health_check),
            ("config.health_check",),
        )
        for claim, build, type_ in (("an ALB group", _http, "ALB"), ("a LAMBDA group", _group, "LAMBDA"))
        for health_check in ({"enabled": True, "path": "/health"}, {"enabled": False}, {"path": "/health"})
    },
}

# R of the matrix; design, section 4: protocol and VPC always, the port with TCP alone.
_MISSING: dict[str, Blamed] = {
    **{
        f"an {type_} group without a protocol": (_group(type_, vpcIdentifier=VPC), ("config.protocol",))
        for type_ in ROUTED
    },
    **{
        f"an {type_} group without a VPC": (_group(type_, protocol="HTTP"), ("config.vpc_identifier",))
        for type_ in ROUTED
    },
    "a TCP group without a VPC": (_group("IP", protocol="TCP", port=5432), ("config.vpc_identifier",)),
    **{
        f"an {type_} group of TCP without a port": (_group(type_, protocol="TCP", vpcIdentifier=VPC), ("config.port",))
        for type_ in ("IP", "INSTANCE")
    },
    "an IP group without a config": ({"name": "orders", "type": "IP"}, ("config.protocol", "config.vpc_identifier")),
    "an INSTANCE group with an empty config": (_group("INSTANCE"), ("config.protocol", "config.vpc_identifier")),
    "an ALB group with a port alone": (_group("ALB", port=80), ("config.protocol", "config.vpc_identifier")),
}

_TCP: dict[str, Blamed] = {
    **{  # 1.2, here and below: the version must be omitted
        f"an {type_} group of TCP with {version}": (_tcp(type_, protocolVersion=version), ("config.protocol_version",))
        for type_ in ("IP", "INSTANCE")
        for version in ("HTTP1", "HTTP2", "GRPC")
    },
    "a TCP group with an enabled health check without a protocol": (
        _tcp_checked(enabled=True, protocolVersion="HTTP1"),
        ("config.health_check.protocol",),
    ),
    "a TCP group with an enabled health check without a version": (
        _tcp_checked(enabled=True, protocol="HTTP"),
        ("config.health_check.protocol_version",),
    ),
    "a TCP group with a TCP health check": (  # the model lets it pass
        _tcp_checked(enabled=True, protocol="TCP", protocolVersion="HTTP1"),
        ("config.health_check.protocol",),
    ),
    **{
        f"an {type_} group of TCP with an enabled health check that names neither protocol nor version": (
            _tcp(type_, healthCheck={"enabled": True, "path": "/health"}),
            ("config.health_check.protocol", "config.health_check.protocol_version"),
        )
        for type_ in ("IP", "INSTANCE")
    },
}

_PORTS: dict[str, Blamed] = {
    f"{claim} of {port}": (build(type_, port=port), ("config.port",))
    for claim, build, type_ in (
        ("a port", _http, "IP"),
        ("a TCP port", _tcp, "INSTANCE"),
        ("an ALB port", _http, "ALB"),
    )
    for port in (-1, 0, 65536)
}

_VPC_IDS: dict[str, Blamed] = _blame(
    "config.vpc_identifier",
    {
        "an empty VPC id": _http("IP", vpcIdentifier=""),
        "a VPC id that is only its prefix": _http("IP", vpcIdentifier="vpc-"),
        "a VPC id without its prefix": _http("IP", vpcIdentifier="0123abcd"),
        "a VPC id with a capital prefix": _http("INSTANCE", vpcIdentifier="VPC-0123abcd"),
        "a VPC id with a capital": _http("IP", vpcIdentifier="vpc-0123abcD"),
        "a VPC id of seven characters": _http("IP", vpcIdentifier="vpc-0123abc"),
        "a VPC id of nine characters": _http("IP", vpcIdentifier="vpc-0123abcde"),
        "a VPC id of sixteen characters": _http("ALB", vpcIdentifier="vpc-0123456789abcdef"),
        "a VPC id of eighteen characters": _http("IP", vpcIdentifier="vpc-0123456789abcdef01"),
        "a VPC id with a trailing newline": _http("IP", vpcIdentifier=VPC + "\n"),
        "a VPC id with a leading space": _http("IP", vpcIdentifier=" " + VPC),
        "a VPC id with Arabic digits": _http("IP", vpcIdentifier="vpc-\u0660\u0661\u0662\u0663abcd"),
        "a VPC's ARN": _http("IP", vpcIdentifier=f"arn:aws:ec2:eu-west-1:123456789012:vpc/{VPC}"),
    },
)

_UNKNOWN_WORDS: dict[str, Blamed] = {
    **{f"a group of type {word!r}": (_http(word), ("type",)) for word in ("EC2", "ip", "NLB", "")},
    **{
        f"a group with {member}={word!r}": (_http("IP", **{member: word}), (f"config.{field}",))
        for member, field, words in (
            ("protocol", "protocol", ("UDP", "TLS", "http", "GRPC", "")),
            ("protocolVersion", "protocol_version", ("HTTP3", "HTTP/1.1", "grpc", "HPPT1")),  # section 3, row 7
            ("ipAddressType", "ip_address_type", ("DUALSTACK", "ipv6", "IPV5")),
        )
        for word in words
    },
    **{
        f"the event structure {word!r}": (
            _group("LAMBDA", lambdaEventStructureVersion=word),
            ("config.lambda_event_structure_version",),
        )
        for word in ("V3", "v1")
    },
    **{
        f"a health check with {member}={word!r}": (_checked(**{member: word}), (f"config.health_check.{field}",))
        for member, field, words in (
            ("protocol", "protocol", ("TCP", "UDP", "https")),  # API: "the possible protocols are HTTP and HTTPS"
            ("protocolVersion", "protocol_version", ("GRPC", "HTTP3", "http1")),
        )
        for word in words
    },
}

# 1.3: the model is wider than the service, and reads 0 and "" as "back to the default".
_HEALTH_CHECKS: dict[str, Blamed] = {
    **{
        f"a health check with {member}={number}": (_checked(**{member: number}), (f"config.health_check.{field}",))
        for member, field, numbers in (
            ("port", "port", (-1, 0, 65536)),
            ("healthCheckIntervalSeconds", "interval_seconds", (-1, 0, 1, 4, 301)),
            ("healthCheckTimeoutSeconds", "timeout_seconds", (-1, 0, 121)),
            ("healthyThresholdCount", "healthy_threshold_count", (-1, 0, 1, 11)),
            ("unhealthyThresholdCount", "unhealthy_threshold_count", (-1, 0, 1, 11)),
        )
        for number in numbers
    },
    **{  # 1.2: "must name"
        f"an {type_} group with GRPC and an enabled health check that names no version": (
            _http(type_, protocolVersion="GRPC", healthCheck={"enabled": True, "path": "/health"}),
            ("config.health_check.protocol_version",),
        )
        for type_ in ("IP", "INSTANCE")
    },
    "a GRPC group with a GRPC health check": (
        _grpc_checked(enabled=True, protocolVersion="GRPC"),
        ("config.health_check.protocol_version",),
    ),
    **_blame(
        "config.health_check.path",
        {
            "an empty path": _checked(path=""),
            "a path without a slash": _checked(path="health"),
            "a path with a slash later on": _checked(path="health/"),
            "a path that is a whole URL": _checked(path="http://orders/health"),
            "a path of 2,049 characters": _checked(path="/" + "a" * 2048),
            "a path with a space": _checked(path="/he alth"),
            "a path with an exclamation mark": _checked(path="/health!"),
            "a path with a backslash": _checked(path="/health\\deep"),
            "a path with a non-ASCII letter": _checked(path="/gesundheitsprüfung"),
            "a path with a trailing newline": _checked(path="/health\n"),
        },
    ),
    **_blame(
        "config.health_check.matcher.http_code",
        {
            "a matcher of 2,003 characters": _matched(",".join(["200"] * 501)),  # model: 2,000 at most
            "a matcher of fullwidth digits": _matched("\uff12\uff10\uff10"),
            **{
                f"the matcher {codes!r}": _matched(codes)
                for codes in (
                    *("", "20", "2000", "abc", "2xx"),  # a code is three digits (CFNS: three characters at least)
                    *("200,", ",200", "200,,202", "200,20", "200, 202", "200 202", "200;202"),
                    *("299-200", "200-", "-299", "200--299", "200-250-299"),
                    *(" 200", "200 ", "200\n"),
                )
            },
        },
    ),
}

_NAMES: dict[str, Blamed] = _blame(
    "name",
    {
        "an empty name": _named(""),
        "a name of two characters": _named("ab"),
        "a name of 129 characters": _named("a" * 129),
        "a name with a capital": _named("Orders"),
        "a name that begins with tg-": _named("tg-orders"),
        "an id for a name": _named("tg-0123456789abcdef0"),
        "a name with a leading hyphen": _named("-orders"),
        "a name with a trailing hyphen": _named("orders-"),
        "a name with a double hyphen": _named("orders--api"),
        "a name with a leading space": _named(" orders"),
        "a name with a trailing space": _named("orders "),
        "a name with a trailing newline": _named("orders\n"),
        **{
            f"a name with {text!r} inside": _named(f"orders{text}api")
            for text in ("_", ".", "/", ":", " ", "\n", "A", "ü", "\u0661", "\uff11")  # the last two are foreign digits
        },
        "a name with many faults": _named("tg--Orders_API-"),
    },
)

_TAGS: dict[str, Blamed] = {
    **_blame("tags", {"51 tags": _tagged(FIFTY_TAGS | {"one-more": "value"})}),  # 1.4: the model says 200
    **{
        f"a tag key {fault}": (_tagged({key: "value"}), (f"tags[{key!r}]",))
        for fault, key in {
            "that begins with aws:": "aws:x",
            "that is aws: alone": "aws:",
            "of no characters": "",
            "of 129 characters": "k" * 129,
            "with a leading space": " key",
            "with a trailing space": "key ",
            "of one space": " ",
            "with an emoji": "key😀",
            "with several faults": " aws:x! ",
            **{f"with {symbol!r}": f"a{symbol}b" for symbol in "!#$%&*,;?~^|<({["},
        }.items()
    },
    **{
        f"a tag value {fault}": (_tagged({"key": value}), ("tags['key']",))
        for fault, value in {
            "that begins with aws:": "aws:x",  # 1.4: forbidden in keys and in values
            "of 257 characters": "v" * 257,
            "with a leading space": " value",
            "with a trailing space": "value ",
            "of one space": " ",
            "with an emoji": "value😀",
            **{f"with {symbol!r}": f"a{symbol}b" for symbol in "!#$%&*,;?~^|<({["},
        }.items()
    },
}

_SEVERAL: dict[str, Blamed] = {
    "a LAMBDA group with all that it may not have": (
        _http("LAMBDA", port=80, protocolVersion="HTTP1", ipAddressType="IPV4", healthCheck={"enabled": True}),
        (
            "config.health_check",
            "config.ip_address_type",
            "config.port",
            "config.protocol",
            "config.protocol_version",
            "config.vpc_identifier",
        ),
    ),
    "an ALB group of TCP with a health check and an address type, without a VPC": (
        _group("ALB", protocol="TCP", port=80, ipAddressType="IPV4", healthCheck={"enabled": True, "path": "/"}),
        ("config.health_check", "config.ip_address_type", "config.protocol", "config.vpc_identifier"),
    ),
    "an INSTANCE group with an address type, an event structure and a broken VPC id": (
        _http("INSTANCE", ipAddressType="IPV6", lambdaEventStructureVersion="V2", vpcIdentifier="vpc-1"),
        ("config.ip_address_type", "config.lambda_event_structure_version", "config.vpc_identifier"),
    ),
    "a TCP group with a version and a bare health check, without a port": (
        _group("IP", protocol="TCP", vpcIdentifier=VPC, protocolVersion="HTTP1", healthCheck={"enabled": True}),
        (
            "config.health_check.protocol",
            "config.health_check.protocol_version",
            "config.port",
            "config.protocol_version",
        ),
    ),
    "a GRPC group without a VPC, its health check without a version and with a port of zero": (
        _group("IP", protocol="HTTP", protocolVersion="GRPC", healthCheck={"enabled": True, "port": 0}),
        ("config.health_check.port", "config.health_check.protocol_version", "config.vpc_identifier"),
    ),
    "a health check with every sentinel": (
        _checked(
            port=0,
            path="",
            healthCheckIntervalSeconds=0,
            healthCheckTimeoutSeconds=0,
            healthyThresholdCount=0,
            unhealthyThresholdCount=0,
            matcher={"httpCode": ""},
        ),
        (
            "config.health_check.healthy_threshold_count",
            "config.health_check.interval_seconds",
            "config.health_check.matcher.http_code",
            "config.health_check.path",
            "config.health_check.port",
            "config.health_check.timeout_seconds",
            "config.health_check.unhealthy_threshold_count",
        ),
    ),
    "unknown words everywhere": (
        _http(
            "IP",
            protocol="UDP",
            protocolVersion="HTTP3",
            ipAddressType="DUALSTACK",
            healthCheck={"protocol": "ICMP", "protocolVersion": "HTTP3"},
        ),
        (
            "config.health_check.protocol",
            "config.health_check.protocol_version",
            "config.ip_address_type",
            "config.protocol",
            "config.protocol_version",
        ),
    ),
    "a capital in the name, a port of zero and a tag of AWS": (
        _http("IP", port=0) | {"name": "Orders", "tags": {"aws:x": "value", "team": "checkout"}},
        ("config.port", "name", "tags['aws:x']"),
    ),
    "an unknown type, a short name and a comma in a tag": (
        _http("EC2") | {"name": "ab", "tags": {"team": "a,b"}},
        ("name", "tags['team']", "type"),
    ),
    "two broken tags": (_tagged({"a!": "value", "b": " value", "c": "value"}), ("tags['a!']", "tags['b']")),
    "52 tags, one of them broken": (
        _tagged(FIFTY_TAGS | {"one-more": "value", "two!": "more"}),
        ("tags", "tags['two!']"),
    ),
    "a LAMBDA group with a port, a broken name and an unknown event structure": (
        _group("LAMBDA", port=80, lambdaEventStructureVersion="V3") | {"name": "resize-"},
        ("config.lambda_event_structure_version", "config.port", "name"),
    ),
}

ILLEGAL: dict[str, Blamed] = (
    _NOT_ON_THIS_TYPE
    | _MISSING
    | _TCP
    | _PORTS
    | _VPC_IDS
    | _UNKNOWN_WORDS
    | _HEALTH_CHECKS
    | _NAMES
    | _TAGS
    | _SEVERAL
)
