"""Shared test data for conversion."""

import pytest

from support.model_examples import EXAMPLES

SPEC_KEYS = "name, type, config, tags"
CONFIG_KEYS = "port, protocol, protocolVersion, vpcIdentifier, ipAddressType, lambdaEventStructureVersion, healthCheck"


def each_example(*names: str) -> pytest.MarkDecorator:
    """Parametrize a test with an example of each model and the corresponding dict for boto3."""
    cases = [(model, dict(data)) for model, data in EXAMPLES]
    return pytest.mark.parametrize(names, cases, ids=[type(model).__name__ for model, _ in EXAMPLES])
