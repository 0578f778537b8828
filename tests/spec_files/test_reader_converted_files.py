"""Tests for spec files that users convert from other tools, such as CloudFormation, Terraform and the AWS CLI."""

from pathlib import Path

import pytest

from support.model_examples import VPC
from support.spec_files import format_problems, write_file

RESPONSE_HINT = "unknown key. Remove it. Only responses contain this key."
RESET_RULE = (
    "is reserved for resetting the field to its default. Omit the field, or call update_health_check(reset=...) to "
    "reset an existing target group."
)
LIST_RULE = "unknown key. Write the list of specs itself, without this key."
TEMPLATE_RULE = "unknown key. Write a list of specs with only the properties of each target group."
NAME_RULE = "must have 3 to 128 characters from a-z, 0-9 and single hyphens between them, and must not start with tg-"
VPC_RULE = "must be a VPC id: vpc- followed by 8 or 17 characters from 0-9 and a-z"
PLACEHOLDER_HINT = "Replace the placeholder before you read the data."
CONFIG_KEYS = "port, protocol, protocolVersion, vpcIdentifier, ipAddressType, lambdaEventStructureVersion, healthCheck"

FILES: dict[str, tuple[str, list[str]]] = {
    "CloudFormation properties": (
        f"""\
        - Name: orders
          Type: IP
          Config:
            Port: "80"
            Protocol: HTTP
            VpcIdentifier: {VPC}
            HealthCheck:
              HealthCheckIntervalSeconds: 400
          Targets: [{{Id: 10.0.0.1}}]
          Tags:
            - {{Key: team, Value: shop}}
        """,
        [
            "1: [0].Name='orders': unknown key. Did you mean name?",
            "2: [0].Type='IP': unknown key. Did you mean type?",
            (
                "3: [0].Config={'Port': '80', 'Protocol': 'HTTP', 'VpcIdentifier': 'vpc-0123456789abcdefg', 'H…: "
                "unknown key. Did you mean config?"
            ),
            "4: [0].Config.Port='80': must be an integer. Write it without quotes.",
            "4: [0].Config.Port='80': unknown key. Did you mean port?",
            "5: [0].Config.Protocol='HTTP': unknown key. Did you mean protocol?",
            f"6: [0].Config.VpcIdentifier='{VPC}': unknown key. Did you mean vpcIdentifier?",
            ("7: [0].Config.HealthCheck={'HealthCheckIntervalSeconds': 400}: unknown key. Did you mean healthCheck?"),
            "8: [0].Config.HealthCheck.HealthCheckIntervalSeconds=400: must be an integer from 5 to 300",
            (
                "8: [0].Config.HealthCheck.HealthCheckIntervalSeconds=400: unknown key. "
                "Did you mean healthCheckIntervalSeconds?"
            ),
            (
                "9: [0].Targets=[{'Id': '10.0.0.1'}]: unknown key. Remove the key and call plan(spec, targets=...), "
                "or use DesiredState(spec, targets)."
            ),
            (
                "10: [0].Tags=[{'Key': 'team', 'Value': 'shop'}]: must be a mapping of strings to strings. Write each "
                "tag as a key and a value, such as {'team': 'shop'}."
            ),
            "10: [0].Tags=[{'Key': 'team', 'Value': 'shop'}]: unknown key. Did you mean tags?",
        ],
    ),
    "CloudFormation template": (
        "Parameters: {}\nResources:\n  Orders: {Type: AWS::VpcLattice::TargetGroup}\n",
        [f"2: Resources={{'Orders': {{'Type': 'AWS::VpcLattice::TargetGroup'}}}}: {TEMPLATE_RULE}"],
    ),
    "CloudFormation resource": (
        "- Type: AWS::VpcLattice::TargetGroup\n  Properties: {Name: orders}\n",
        [f"2: [0].Properties={{'Name': 'orders'}}: {TEMPLATE_RULE}"],
    ),
    "CloudFormation function": (
        "name: orders\ntype: IP\nconfig: {protocol: HTTP, vpcIdentifier: !Ref Vpc}\n",
        ["3: config.vpcIdentifier='!Ref': YAML tags are not supported. Write the value itself."],
    ),
    "Terraform": (
        f"""\
        name: orders
        type: IP
        config:
          protocol: HTTP
          vpc_identifier: {VPC}
          health_check:
            health_check_interval_seconds: 20
            matcher: {{value: 200-299}}
        """,
        [
            f"5: config.vpc_identifier='{VPC}': unknown key. Did you mean vpcIdentifier?",
            (
                "6: config.health_check={'health_check_interval_seconds': 20, 'matcher': {'value': '200-299'}}: "
                "unknown key. Did you mean healthCheck?"
            ),
            (
                "7: config.health_check.health_check_interval_seconds=20: unknown key. "
                "Did you mean healthCheckIntervalSeconds?"
            ),
            "8: config.health_check.matcher.value='200-299': unknown key. Did you mean httpCode?",
        ],
    ),
    "skeleton of the AWS CLI": (
        """\
        clientToken: ''
        name: ''
        type: IP
        config:
          port: 0
          protocol: HTTP
          vpcIdentifier: ''
          healthCheck: {healthCheckTimeoutSeconds: 0, path: ''}
          lambdaEventStructureVersion: V1
        tags: {KeyName: ''}
        """,
        [
            (
                "1: clientToken='': unknown key. Remove it. Pass client_token=... to create() if you need a token of "
                "your own."
            ),
            f"2: name='': {NAME_RULE}. Replace the empty string with a value.",
            (
                "5: config.port=0: must be an integer from 1 to 65535. "
                "For HTTP and HTTPS, omit it to use the default (80 or 443)."
            ),
            f"7: config.vpcIdentifier='': {VPC_RULE}. Replace the empty string with a value.",
            f"8: config.healthCheck.path='': {RESET_RULE}",
            f"8: config.healthCheck.healthCheckTimeoutSeconds=0: {RESET_RULE}",
            "9: config.lambdaEventStructureVersion='V1': is not supported for IP target groups. Remove it.",
        ],
    ),
    "response of ListTargetGroups": (
        "items: [{name: orders, type: LAMBDA}]\nnextToken: abc\n",
        [f"1: items=[{{'name': 'orders', 'type': 'LAMBDA'}}]: {LIST_RULE}"],
    ),
    "groups in a mapping": (
        "version: 1\ngroups: [{name: orders, type: LAMBDA}]\n",
        [f"2: groups=[{{'name': 'orders', 'type': 'LAMBDA'}}]: {LIST_RULE}"],
    ),
    "response of GetTargetGroup": (
        "id: tg-1\narn: a\nname: orders\ntype: LAMBDA\nstatus: ACTIVE\nserviceArns: []\ncreatedAt: x\n",
        [
            f"1: id='tg-1': {RESPONSE_HINT}",
            f"2: arn='a': {RESPONSE_HINT}",
            f"5: status='ACTIVE': {RESPONSE_HINT}",
            f"6: serviceArns=[]: {RESPONSE_HINT}",
            f"7: createdAt='x': {RESPONSE_HINT}",
        ],
    ),
    "target group summary": (
        f"name: orders\ntype: IP\nport: 0\nprotocol: HTTP\nvpcIdentifier: {VPC}\n",
        [
            (
                "3: port=0: must be an integer from 1 to 65535. For HTTP and HTTPS, omit it to use the default (80 or 443)."
            ),
            "3: port=0: unknown key. Move it to config.port.",
            "4: protocol='HTTP': unknown key. Move it to config.protocol.",
            f"5: vpcIdentifier='{VPC}': unknown key. Move it to config.vpcIdentifier.",
        ],
    ),
    "placeholders and units": (
        """\
        name: ${NAME}
        type: ${TYPE}
        config:
          port: ${PORT}
          protocol: HTTP
          vpcIdentifier: "{{ vpc }}"
          healthCheck:
            port: traffic-port
            interval: 30s
            enabled: "yes"
        tags: {team: "${TEAM}"}
        """,
        [
            f"1: name='${{NAME}}': {NAME_RULE}. {PLACEHOLDER_HINT}",
            f"2: type='${{TYPE}}': must be one of IP, INSTANCE, ALB, LAMBDA. {PLACEHOLDER_HINT}",
            f"4: config.port='${{PORT}}': must be an integer. {PLACEHOLDER_HINT}",
            f"6: config.vpcIdentifier='{{{{ vpc }}}}': {VPC_RULE}. {PLACEHOLDER_HINT}",
            (
                "8: config.healthCheck.port='traffic-port': must be an integer. "
                "Remove it. The health check uses the traffic port by default."
            ),
            "9: config.healthCheck.interval='30s': must be an integer. Write 30, the number of seconds.",
            "9: config.healthCheck.interval='30s': unknown key. Did you mean healthCheckIntervalSeconds?",
            "10: config.healthCheck.enabled='yes': must be true or false. Write true or false without quotes.",
            (
                "11: tags['team']='${TEAM}': the value must contain only letters, digits, spaces and "
                f"_ . : / = + - @. {PLACEHOLDER_HINT}"
            ),
        ],
    ),
    "null": (
        "name: orders\ntype: LAMBDA\nconfig:\ntags:\n",
        [
            f"3: config=None: must be a mapping (known keys: {CONFIG_KEYS}). Remove it.",
            "4: tags=None: must be a mapping of strings to strings. Remove it.",
        ],
    ),
    "misspelled key": (
        "nmae: Orders\ntpye: LAMBDA\n",
        ["1: nmae='Orders': unknown key. Did you mean name?", "2: tpye='LAMBDA': unknown key. Did you mean type?"],
    ),
    "correct and misspelled key": (
        "name: orders\nNAME: prices\ntype: LAMBDA\nvpcIdentifier: vpc-1\nconfig: 5\n",
        [
            "2: NAME='prices': unknown key. Did you mean name?",
            "4: vpcIdentifier='vpc-1': unknown key. Move it to config.vpcIdentifier.",
            f"5: config=5: must be a mapping (known keys: {CONFIG_KEYS})",
        ],
    ),
    "key in two places": (
        f"name: orders\ntype: IP\nport: 0\nconfig: {{port: 80, protocol: HTTP, vpcIdentifier: {VPC}}}\n",
        ["3: port=0: unknown key. Move it to config.port."],
    ),
}


@pytest.mark.parametrize("source", FILES)
def test_problems_of_a_converted_file_say_what_to_change(source: str, tmp_path: Path) -> None:
    """Each difference to a spec file is one problem with a hint and with the path as written in the file."""
    content, problems = FILES[source]

    assert format_problems(write_file(tmp_path, "s.yaml", content)) == [f"s.yaml:{problem}" for problem in problems]
