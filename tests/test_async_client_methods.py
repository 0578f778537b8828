"""Each method of ``AsyncTargetGroupClient`` and ``AsyncRoute`` returns what the blocking client returns."""

import asyncio

import pytest

from lattice_tg import AsyncTargetGroupClient, HealthCheck, Target, TargetGroupBuilder
from lattice_tg.testing import VpcLatticeEmulator
from support.desired_states import RESIZE
from support.routes import forward

A, B = Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 80)
BLUE, GREEN = (
    TargetGroupBuilder.ip(name, vpc_identifier="vpc-0123456789abcdefg").http(80).build() for name in ("blue", "green")
)


@pytest.mark.usefixtures("vpc_lattice")
def test_methods_for_groups() -> None:
    """A group is planned, applied, updated, tagged and deleted."""

    async def main() -> None:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            group = await client.apply(await client.plan(BLUE))
            assert await client.ensure(BLUE) == await client.get(group)
            updated = await client.update_health_check(group, HealthCheck(path="/ready"))
            assert updated.config.health_check is not None
            assert updated.config.health_check.path == "/ready"
            await client.tag(group, {"team": "shop", "owner": "store"})
            await client.untag(group, ["owner"])
            assert await client.tags(group) == {"team": "shop"}
            assert [result.error async for result in client.apply_all([await client.plan(RESIZE)])] == [None]
            deletion = await client.delete(group)
            assert deletion is not None
            assert deletion.id == group.id
            await client.wait_until_deleted(group)
            assert [summary.name async for summary in client.list()] == [RESIZE.name]

    asyncio.run(main())


def test_methods_for_targets(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets are registered, become healthy and are drained."""

    async def main() -> None:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            group = await client.create(BLUE)
            vpc_lattice.attach_to_service(group.id)
            results = [result async for result in client.iter_register_targets(group, [A, B])]
            assert [result.successful for result in results] == [(A, B)]
            healthy = await client.wait_until_healthy(group, [A, B])
            assert [target.status for target in healthy] == ["HEALTHY", "HEALTHY"]
            await client.deregister_targets(group, [A])
            await client.wait_until_drained(group, [A])
            assert [target.id async for target in client.list_targets(group)] == [B.id]

    asyncio.run(main())


@pytest.mark.usefixtures("vpc_lattice")
def test_methods_for_routes() -> None:
    """Weights are set and read, a group is removed, and a shift that nothing iterates over warns."""

    async def main() -> None:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            blue, green = [(await client.create(spec)).id for spec in (BLUE, GREEN)]
            service = client.boto3_client.create_service(name="shop")["id"]
            listener = client.boto3_client.create_listener(
                serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=forward({blue: 100})
            )["id"]
            route = client.route(service=service, listener=listener)
            assert (route.service, route.listener, route.rule) == (service, listener, None)
            assert repr(route) == f"AsyncRoute(service={service!r}, listener={listener!r})"
            assert await route.set_weights({green: 0}) == {blue: 100, green: 0}
            assert await route.shift(blue, green, original_weights={blue: 50}).roll_back() == {blue: 50, green: 0}
            await route.remove(green)
            assert await route.get_weights() == {blue: 50}
            with pytest.warns(RuntimeWarning, match="moved no traffic because nothing iterated over the shift"):
                route.shift(blue, green)

    asyncio.run(main())
