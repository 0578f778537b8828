"""The main job on the embedded emulator, over real HTTP: specs from a file become target groups, once each.

Run it from anywhere: ``python docs/demo/demo.py``. It needs ``pip install 'lattice-tg[testing,yaml]'`` and no AWS
account, and it exits with 1 if anything that it shows is not as it should be.
"""

import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from attrs import frozen

from lattice_tg import (
    HealthCheck,
    InvalidSpecError,
    Problem,
    TargetGroup,
    TargetGroupClient,
    TargetGroupConfig,
    TargetGroupSpec,
    client_token_for,
    read_specs,
)
from lattice_tg.testing import RecordedCall, RunningServer, serve

SPECS = "target_groups.yaml"
WRONG_SPECS = "invalid.yaml"
SALT = "web shop, release 42"
"""Names this rollout: whoever runs it again repeats its creates and makes no others."""

WIDTH = 100
HEADINGS = ("name", "type", "protocol", "port", "health check", "status", "attempts", "tokens")

Weather = Mapping[str, Callable[[], None]]
"""What goes wrong in the service just before the group of a name is created."""

Claim = tuple[str, bool]
"""Something that should be so, and whether it is."""


@frozen
class Run:
    """What one run of the script came to."""

    specs: tuple[TargetGroupSpec, ...]
    """What was wanted."""

    made: tuple[TargetGroup, ...]
    """What the creates returned."""

    creates: tuple[RecordedCall, ...]
    """The requests to create a group that reached the service."""

    there: tuple[TargetGroup, ...]
    """The groups that the service had afterwards."""

    def creates_of(self, name: str) -> list[RecordedCall]:
        """The requests to create the group of this name."""
        return [call for call in self.creates if call.params["name"] == name]

    def tokens_of(self, name: str) -> set[str]:
        """The client tokens of those requests."""
        return {call.params["clientToken"] for call in self.creates_of(name)}


def main() -> int:
    """Show it all; 0 if it is as it should be, else 1."""
    prepare_environment()
    with serve() as served:
        print(f"The emulator listens on {served.url}; nothing leaves this machine.\n")
        first = run(served, rough_weather(served))
        second = run(served, {})
    found = problems_in(WRONG_SPECS)
    claims = claims_of(first, second, found)
    print("\n".join(report(first, second, found, claims)))
    return 0 if all(holds for _, holds in claims) else 1


def prepare_environment() -> None:
    """Dummy credentials, and nothing of the user's own set-up: all goes to the emulator on this machine."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ.update(AWS_ACCESS_KEY_ID="demo", AWS_SECRET_ACCESS_KEY="demo")
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.chdir(Path(__file__).resolve().parent)


# ----------------------------------------------------------------------- doing


def rough_weather(served: RunningServer) -> Weather:
    """One create is throttled; another is done, but its reply gets lost."""
    return {
        "orders": partial(served.lattice.throttle, "CreateTargetGroup", retry_after_seconds=1),
        "sessions": partial(served.lattice.drop_response, "CreateTargetGroup"),
    }


def run(served: RunningServer, weather: Weather) -> Run:
    """What a user's script does: read the file, create each group, look at what there is."""
    earlier = len(served.lattice.calls)
    specs = read_specs(SPECS)
    with TargetGroupClient(endpoint_url=served.url, region_name="us-east-1") as client:
        made = tuple(create(client, spec, weather) for spec in specs)
        there = tuple(client.get(row) for row in client.list())
    creates = tuple(call for call in served.lattice.calls[earlier:] if call.operation == "CreateTargetGroup")
    return Run(specs, made, creates, there)


def create(client: TargetGroupClient, spec: TargetGroupSpec, weather: Weather) -> TargetGroup:
    """The group of ``spec``, whatever the weather."""
    if spec.name in weather:
        weather[spec.name]()
    return client.create(spec, client_token=client_token_for(spec, SALT))


def problems_in(file: str) -> tuple[Problem, ...]:
    """All that is wrong with a file of specs."""
    try:
        read_specs(file)
    except InvalidSpecError as error:
        return error.problems
    return ()


# --------------------------------------------------------------------- judging


def claims_of(first: Run, second: Run, found: Sequence[Problem]) -> tuple[Claim, ...]:
    """What should be so."""
    names = [spec.name for spec in first.specs]
    tokens = [first.tokens_of(name) | second.tokens_of(name) for name in names]
    return (
        ("the throttled create and the one without a reply were sent again", len(first.creates) == len(names) + 2),
        ("each name has one group", sorted(group.name for group in first.there) == sorted(names)),
        ("each group is ACTIVE", all(group.status == "ACTIVE" for group in first.there)),
        ("each group has one token, and no two have the same", is_one_each(tokens)),
        ("the second run got the same groups", ids(second.made) == ids(first.made)),
        ("the second run changed nothing", second.there == first.there),
        ("every mistake of the wrong file has its line", bool(found) and all(map(has_line, found))),
    )


def is_one_each(tokens: Sequence[set[str]]) -> bool:
    """Whether each set has one token, which no other has."""
    return all(len(own) == 1 for own in tokens) and len(set(map(min, tokens))) == len(tokens)


def ids(groups: Sequence[TargetGroup]) -> list[str]:
    """The ids of groups."""
    return [group.id for group in groups]


def has_line(problem: Problem) -> bool:
    """Whether a problem says its file and line."""
    return (problem.location or "").rpartition(":")[2].isdigit()


# --------------------------------------------------------------------- showing


def report(first: Run, second: Run, found: Sequence[Problem], claims: Sequence[Claim]) -> Iterator[str]:
    """What people look at, line by line."""
    yield f"1. Create the {len(first.specs)} groups of {SPECS}. The answers, attempt by attempt:\n"
    yield from table((spec.name, answers(first, spec.name)) for spec in first.specs)
    yield "\n2. What there is now:\n"
    yield from table([HEADINGS, *(row(group, first) for group in first.there)])
    yield f"\n3. Run it again: {len(first.there)} groups before, {len(second.there)} after.\n"
    pairs = zip(first.made, second.made, strict=True)
    yield from table(
        (one.name, one.id, "the same group" if one.id == two.id else f"NOW {two.id}") for one, two in pairs
    )
    yield f"\n4. What {WRONG_SPECS} gets: {len(found)} mistakes, all at once, and nothing is sent.\n"
    yield from (indented(str(problem)) for problem in found)
    yield "\n5. As it should be?\n"
    yield from (f"  {'yes' if holds else 'NO '}  {claim}" for claim, holds in claims)


def answers(run: Run, name: str) -> str:
    """The replies to the attempts to create one group."""
    said = {201: "201 created", 429: "429 throttled, retry after 1 s", None: "no reply"}
    return ", then ".join(said.get(call.status, str(call.status)) for call in run.creates_of(name))


def row(group: TargetGroup, run: Run) -> tuple[str, ...]:
    """A group in a table, with what it took to create it."""
    config = group.config
    protocol = " ".join(word for word in (config.protocol, config.protocol_version) if word)
    attempts, tokens = len(run.creates_of(group.name)), len(run.tokens_of(group.name))
    port, check = shown(config.port), health_check(config)
    return (group.name, group.type, shown(protocol), port, check, group.status, str(attempts), str(tokens))


def health_check(config: TargetGroupConfig) -> str:
    """A health check in a few words."""
    check = config.health_check or HealthCheck.disabled()
    if not check.enabled:
        return shown(None)
    port = f":{check.port}" if check.port else ""
    return f"{check.protocol} {port}{check.path} every {check.interval_seconds} s"


def shown(value: object) -> str:
    """A value in a table, a dash where there is none."""
    return str(value or "-")


def table(rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows as lines, each column as wide as it has to be."""
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for one in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(one, widths, strict=True)).rstrip()


def indented(text: str) -> str:
    """A text in as many lines as it takes."""
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)


if __name__ == "__main__":
    sys.exit(main())
