"""Target groups with members that their type does not support, or without members that it requires."""

from support.spec_cases.requests import HTTP_TYPES, VPC, InvalidCase, group, http, tcp, tcp_checked

# matrix: each unsupported combination (X). The problem is in the field that is set.
UNSUPPORTED: dict[str, InvalidCase] = {
    "a LAMBDA group with a port": (group("LAMBDA", port=80), ("config.port",)),
    "a LAMBDA group with a protocol": (group("LAMBDA", protocol="HTTP"), ("config.protocol",)),
    "a LAMBDA group with a version": (group("LAMBDA", protocolVersion="HTTP1"), ("config.protocol_version",)),
    "a LAMBDA group with a VPC": (group("LAMBDA", vpcIdentifier=VPC), ("config.vpc_identifier",)),
    "an ALB group of TCP": (tcp("ALB"), ("config.protocol",)),
    **{  # API: "supported only if the target group type is IP"
        f"an {type_} group with {family}": (http(type_, ipAddressType=family), ("config.ip_address_type",))
        for type_ in ("INSTANCE", "ALB")
        for family in ("IPV4", "IPV6")
    },
    "a LAMBDA group with IPV4": (group("LAMBDA", ipAddressType="IPV4"), ("config.ip_address_type",)),
    "a LAMBDA group with IPV6": (group("LAMBDA", ipAddressType="IPV6"), ("config.ip_address_type",)),
    **{  # API: "supported only if the target group type is LAMBDA"
        f"an {type_} group with event structure {version}": (
            http(type_, lambdaEventStructureVersion=version),
            ("config.lambda_event_structure_version",),
        )
        for type_ in HTTP_TYPES
        for version in ("V1", "V2")
    },
    **{  # API: "not supported if the target group type is LAMBDA or ALB"
        f"{group_name} with the health check {health_check}": (
            build(type_, healthCheck=health_check),
            ("config.health_check",),
        )
        for group_name, build, type_ in (("an ALB group", http, "ALB"), ("a LAMBDA group", group, "LAMBDA"))
        for health_check in ({"enabled": True, "path": "/health"}, {"enabled": False}, {"path": "/health"})
    },
}

# matrix: each required member (R). design, section 4: Protocol and VPC are always required, the port only for TCP.
MISSING: dict[str, InvalidCase] = {
    **{
        f"an {type_} group without a protocol": (group(type_, vpcIdentifier=VPC), ("config.protocol",))
        for type_ in HTTP_TYPES
    },
    **{
        f"an {type_} group without a VPC": (group(type_, protocol="HTTP"), ("config.vpc_identifier",))
        for type_ in HTTP_TYPES
    },
    "a TCP group without a VPC": (group("IP", protocol="TCP", port=5432), ("config.vpc_identifier",)),
    **{
        f"an {type_} group of TCP without a port": (group(type_, protocol="TCP", vpcIdentifier=VPC), ("config.port",))
        for type_ in ("IP", "INSTANCE")
    },
    "an IP group without a config": ({"name": "orders", "type": "IP"}, ("config.protocol", "config.vpc_identifier")),
    "an INSTANCE group with an empty config": (group("INSTANCE"), ("config.protocol", "config.vpc_identifier")),
    "an ALB group with only a port": (group("ALB", port=80), ("config.protocol", "config.vpc_identifier")),
}

TCP: dict[str, InvalidCase] = {
    **{  # 1.2: The version must be omitted.
        f"an {type_} group of TCP with {version}": (tcp(type_, protocolVersion=version), ("config.protocol_version",))
        for type_ in ("IP", "INSTANCE")
        for version in ("HTTP1", "HTTP2", "GRPC")
    },
    "a TCP group with an enabled health check without a protocol": (
        tcp_checked(enabled=True, protocolVersion="HTTP1"),
        ("config.health_check.protocol",),
    ),
    "a TCP group with an enabled health check without a version": (
        tcp_checked(enabled=True, protocol="HTTP"),
        ("config.health_check.protocol_version",),
    ),
    "a TCP group with a TCP health check": (  # The model allows TCP.
        tcp_checked(enabled=True, protocol="TCP", protocolVersion="HTTP1"),
        ("config.health_check.protocol",),
    ),
    **{
        f"an {type_} group of TCP with an enabled health check without a protocol and a version": (
            tcp(type_, healthCheck={"enabled": True, "path": "/health"}),
            ("config.health_check.protocol", "config.health_check.protocol_version"),
        )
        for type_ in ("IP", "INSTANCE")
    },
}
