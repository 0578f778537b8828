"""Target groups with invalid values in their config."""

from support.spec_cases.requests import VPC, InvalidCase, checked, group, grpc_checked, http, invalid_in, matched, tcp

PORTS: dict[str, InvalidCase] = {
    f"{prefix} of {port}": (build(type_, port=port), ("config.port",))
    for prefix, build, type_ in (
        ("a port", http, "IP"),
        ("a TCP port", tcp, "INSTANCE"),
        ("an ALB port", http, "ALB"),
    )
    for port in (-1, 0, 65536)
}

VPC_IDS: dict[str, InvalidCase] = invalid_in(
    "config.vpc_identifier",
    {
        "an empty VPC id": http("IP", vpcIdentifier=""),
        "a VPC id that is only its prefix": http("IP", vpcIdentifier="vpc-"),
        "a VPC id without its prefix": http("IP", vpcIdentifier="0123abcd"),
        "a VPC id with a capital prefix": http("INSTANCE", vpcIdentifier="VPC-0123abcd"),
        "a VPC id with a capital": http("IP", vpcIdentifier="vpc-0123abcD"),
        "a VPC id of seven characters": http("IP", vpcIdentifier="vpc-0123abc"),
        "a VPC id of nine characters": http("IP", vpcIdentifier="vpc-0123abcde"),
        "a VPC id of sixteen characters": http("ALB", vpcIdentifier="vpc-0123456789abcdef"),
        "a VPC id of eighteen characters": http("IP", vpcIdentifier="vpc-0123456789abcdef01"),
        "a VPC id with a trailing newline": http("IP", vpcIdentifier=VPC + "\n"),
        "a VPC id with a leading space": http("IP", vpcIdentifier=" " + VPC),
        "a VPC id with Arabic digits": http("IP", vpcIdentifier="vpc-\u0660\u0661\u0662\u0663abcd"),
        "a VPC's ARN": http("IP", vpcIdentifier=f"arn:aws:ec2:eu-west-1:123456789012:vpc/{VPC}"),
    },
)

UNKNOWN_ENUM_VALUES: dict[str, InvalidCase] = {
    **{f"a group of type {value!r}": (http(value), ("type",)) for value in ("EC2", "ip", "NLB", "")},
    **{
        f"a group with {member}={value!r}": (http("IP", **{member: value}), (f"config.{field}",))
        for member, field, values in (
            ("protocol", "protocol", ("UDP", "TLS", "http", "GRPC", "")),
            ("protocolVersion", "protocol_version", ("HTTP3", "HTTP/1.1", "grpc", "HPPT1")),  # section 3, row 7
            ("ipAddressType", "ip_address_type", ("DUALSTACK", "ipv6", "IPV5")),
        )
        for value in values
    },
    **{
        f"the event structure {value!r}": (
            group("LAMBDA", lambdaEventStructureVersion=value),
            ("config.lambda_event_structure_version",),
        )
        for value in ("V3", "v1")
    },
    **{
        f"a health check with {member}={value!r}": (checked(**{member: value}), (f"config.health_check.{field}",))
        for member, field, values in (
            ("protocol", "protocol", ("TCP", "UDP", "https")),  # API: "the possible protocols are HTTP and HTTPS"
            ("protocolVersion", "protocol_version", ("GRPC", "HTTP3", "http1")),
        )
        for value in values
    },
}

# 1.3: The ranges in the model are wider than the ranges that VPC Lattice accepts. 0 and "" reset to the default.
HEALTH_CHECKS: dict[str, InvalidCase] = {
    **{
        f"a health check with {member}={number}": (checked(**{member: number}), (f"config.health_check.{field}",))
        for member, field, numbers in (
            ("port", "port", (-1, 0, 65536)),
            ("healthCheckIntervalSeconds", "interval_seconds", (-1, 0, 1, 4, 301)),
            ("healthCheckTimeoutSeconds", "timeout_seconds", (-1, 0, 121)),
            ("healthyThresholdCount", "healthy_threshold_count", (-1, 0, 1, 11)),
            ("unhealthyThresholdCount", "unhealthy_threshold_count", (-1, 0, 1, 11)),
        )
        for number in numbers
    },
    **{  # 1.2: The health check must have a protocol version.
        f"an {type_} group with GRPC and an enabled health check without a version": (
            http(type_, protocolVersion="GRPC", healthCheck={"enabled": True, "path": "/health"}),
            ("config.health_check.protocol_version",),
        )
        for type_ in ("IP", "INSTANCE")
    },
    "a GRPC group with a GRPC health check": (
        grpc_checked(enabled=True, protocolVersion="GRPC"),
        ("config.health_check.protocol_version",),
    ),
    **invalid_in(
        "config.health_check.path",
        {
            "an empty path": checked(path=""),
            "a path without a slash": checked(path="health"),
            "a path with only a trailing slash": checked(path="health/"),
            "a path that is a complete URL": checked(path="http://orders/health"),
            "a path of 2,049 characters": checked(path="/" + "a" * 2048),
            "a path with a space": checked(path="/he alth"),
            "a path with an exclamation mark": checked(path="/health!"),
            "a path with a backslash": checked(path="/health\\deep"),
            "a path with a non-ASCII letter": checked(path="/gesundheitsprüfung"),
            "a path with a trailing newline": checked(path="/health\n"),
        },
    ),
    **invalid_in(
        "config.health_check.matcher.http_code",
        {
            "a matcher of 2,003 characters": matched(",".join(["200"] * 501)),  # model: at most 2,000
            "a matcher of fullwidth digits": matched("\uff12\uff10\uff10"),
            **{
                f"the matcher {codes!r}": matched(codes)
                for codes in (
                    *("", "20", "2000", "abc", "2xx"),  # A code has three digits (CloudFormation: at least three).
                    *("200,", ",200", "200,,202", "200,20", "200, 202", "200 202", "200;202"),
                    *("299-200", "200-", "-299", "200--299", "200-250-299"),
                    *(" 200", "200 ", "200\n"),
                )
            },
        },
    ),
}
