"""Cloud Custodian, whose policies find target groups by tag."""

from importlib import import_module
from pathlib import Path
from typing import Any

from lattice_tg import TargetGroupClient, TargetGroupSpec
from lattice_tg.testing import VpcLatticeEmulator

CONFIG: Any = import_module("c7n.config")
POLICY: Any = import_module("c7n.policy")
RESOURCES: Any = import_module("c7n.resources")
RESOURCE = "aws.vpc-lattice-target-group"


def test_policy_tags_target_groups(vpc_lattice: VpcLatticeEmulator, tmp_path: Path) -> None:
    """A policy finds the groups without a tag through the Tagging API, and adds the tag."""
    client = TargetGroupClient(region_name="eu-west-1")
    for name, tags in (("owned", {"team": "shop"}), ("orphan", {})):
        client.create(TargetGroupSpec(name=name, type="LAMBDA", tags=tags))
    RESOURCES.load_resources((RESOURCE,))
    config = CONFIG.Config.empty(
        region="eu-west-1", regions=["eu-west-1"], output_dir=str(tmp_path), account_id="123456789012"
    )
    tag = {"type": "tag", "tags": {"team": "none"}}
    data = {"name": "find-orphans", "resource": RESOURCE, "filters": [{"tag:team": "absent"}], "actions": [tag]}

    (policy,) = POLICY.PolicyCollection.from_data({"policies": [data]}, config)
    found = policy.run()

    assert [item["name"] for item in found] == ["orphan"]
    tags_by_name = {group.name: dict(client.tags(group)) for group in client.list()}
    assert tags_by_name == {"owned": {"team": "shop"}, "orphan": {"team": "none"}}
