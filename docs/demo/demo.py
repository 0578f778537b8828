"""Demo of the main job: create the target groups of a spec file exactly once.

The demo uses the emulator over HTTP, so it needs no AWS account. Install ``lattice-tg[testing,yaml]`` and run
``python docs/demo/demo.py`` from any directory. The exit code is 1 if a check fails.
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
INVALID_SPECS = "invalid.yaml"
RUN_ID = "web shop, release 42"
"""Identifies this rollout: a second run with the same id repeats the creates and creates no other groups."""

WIDTH = 100
HEADINGS = ("name", "type", "protocol", "port", "health check", "status", "attempts", "tokens")

Faults = Mapping[str, Callable[[], None]]
"""Functions that inject a fault before the create of the group with a name."""

Check = tuple[str, bool]
"""A statement, and whether it is true."""


@frozen
class Run:
    """The result of one run."""

    specs: tuple[TargetGroupSpec, ...]
    """The specs in the file."""

    created: tuple[TargetGroup, ...]
    """The groups that `create` returned."""

    creates: tuple[RecordedCall, ...]
    """The create requests that reached the service."""

    existing: tuple[TargetGroup, ...]
    """The groups that existed after the run."""

    def creates_of(self, name: str) -> list[RecordedCall]:
        """Return the create requests for the group with this name."""
        return [call for call in self.creates if call.params["name"] == name]

    def tokens_of(self, name: str) -> set[str]:
        """Return the client tokens of the create requests for the group with this name."""
        return {call.params["clientToken"] for call in self.creates_of(name)}


def main() -> int:
    """Run the demo and return the exit code."""
    prepare_environment()
    with serve() as server:
        print(f"The emulator listens on {server.url}. All requests go to it.\n")
        first = run(server, make_faults(server))
        second = run(server, {})
    problems = find_file_problems(INVALID_SPECS)
    checks = check_runs(first, second, problems)
    print("\n".join(format_report(first, second, problems, checks)))
    return 0 if all(passed for _, passed in checks) else 1


def prepare_environment() -> None:
    """Set dummy credentials and remove the user's AWS and proxy settings, so that all requests go to the emulator."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ.update(AWS_ACCESS_KEY_ID="demo", AWS_SECRET_ACCESS_KEY="demo")
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.chdir(Path(__file__).resolve().parent)


# ------------------------------------------------------------------------ runs


def make_faults(server: RunningServer) -> Faults:
    """Return the faults of the first run: one create is throttled, and the response to another is lost."""
    return {
        "orders": partial(server.lattice.throttle, "CreateTargetGroup", retry_after_seconds=1),
        "sessions": partial(server.lattice.drop_response, "CreateTargetGroup"),
    }


def run(server: RunningServer, faults: Faults) -> Run:
    """Read the spec file, create each group, and list the existing groups."""
    call_count = len(server.lattice.calls)
    specs = read_specs(SPECS)
    with TargetGroupClient(endpoint_url=server.url, region_name="us-east-1") as client:
        created = tuple(create(client, spec, faults) for spec in specs)
        existing = tuple(client.get(summary) for summary in client.list())
    creates = tuple(call for call in server.lattice.calls[call_count:] if call.operation == "CreateTargetGroup")
    return Run(specs, created, creates, existing)


def create(client: TargetGroupClient, spec: TargetGroupSpec, faults: Faults) -> TargetGroup:
    """Inject the fault for ``spec``, if there is one, and create the group."""
    if spec.name in faults:
        faults[spec.name]()
    return client.create(spec, client_token=client_token_for(spec, RUN_ID))


def find_file_problems(file: str) -> tuple[Problem, ...]:
    """Return the problems of a spec file."""
    try:
        read_specs(file)
    except InvalidSpecError as error:
        return error.problems
    return ()


# ---------------------------------------------------------------------- checks


def check_runs(first: Run, second: Run, problems: Sequence[Problem]) -> tuple[Check, ...]:
    """Return all checks of the demo."""
    names = [spec.name for spec in first.specs]
    tokens = [first.tokens_of(name) | second.tokens_of(name) for name in names]
    return (
        ("the throttled create and the create with a lost response were retried", len(first.creates) == len(names) + 2),
        ("each name has exactly one group", sorted(group.name for group in first.existing) == sorted(names)),
        ("each group is ACTIVE", all(group.status == "ACTIVE" for group in first.existing)),
        ("each group has one client token, and no two groups share one", has_unique_tokens(tokens)),
        ("the second run returned the same groups", ids(second.created) == ids(first.created)),
        ("the second run changed nothing", second.existing == first.existing),
        ("every problem of the invalid file has its line", bool(problems) and all(map(has_line, problems))),
    )


def has_unique_tokens(tokens: Sequence[set[str]]) -> bool:
    """Return whether each set has exactly one token and no two sets share a token."""
    return all(len(group_tokens) == 1 for group_tokens in tokens) and len(set(map(min, tokens))) == len(tokens)


def ids(groups: Sequence[TargetGroup]) -> list[str]:
    """Return the ids of groups."""
    return [group.id for group in groups]


def has_line(problem: Problem) -> bool:
    """Return whether the location of a problem has a line number."""
    return (problem.location or "").rpartition(":")[2].isdigit()


# ---------------------------------------------------------------------- output


def format_report(first: Run, second: Run, problems: Sequence[Problem], checks: Sequence[Check]) -> Iterator[str]:
    """Yield the lines of the output."""
    yield f"1. Create the {len(first.specs)} target groups in {SPECS}. Responses of all attempts:\n"
    yield from format_table((spec.name, format_responses(first, spec.name)) for spec in first.specs)
    yield "\n2. Existing target groups:\n"
    yield from format_table([HEADINGS, *(make_row(group, first) for group in first.existing)])
    yield f"\n3. Run it again: {len(first.existing)} groups before, {len(second.existing)} groups after.\n"
    pairs = zip(first.created, second.created, strict=True)
    yield from format_table(
        (before.name, before.id, "same group" if before.id == after.id else f"OTHER GROUP: {after.id}")
        for before, after in pairs
    )
    yield f"\n4. Read {INVALID_SPECS}: {len(problems)} problems, reported together and before any request.\n"
    yield from (wrap(str(problem)) for problem in problems)
    yield "\n5. Checks:\n"
    yield from (f"  {'ok    ' if passed else 'FAILED'}  {statement}" for statement, passed in checks)


def format_responses(run: Run, name: str) -> str:
    """Return the responses to the attempts to create one group."""
    labels = {201: "201 created", 429: "429 throttled, retry after 1 s", None: "response lost"}
    return ", then ".join(labels.get(call.status, str(call.status)) for call in run.creates_of(name))


def make_row(group: TargetGroup, run: Run) -> tuple[str, ...]:
    """Return the row of a group, with the number of its create attempts and tokens."""
    config = group.config
    protocol = " ".join(value for value in (config.protocol, config.protocol_version) if value)
    attempts, tokens = len(run.creates_of(group.name)), len(run.tokens_of(group.name))
    port, health_check = format_cell(config.port), format_health_check(config)
    return (group.name, group.type, format_cell(protocol), port, health_check, group.status, str(attempts), str(tokens))


def format_health_check(config: TargetGroupConfig) -> str:
    """Return a short description of a health check."""
    check = config.health_check or HealthCheck.disabled()
    if not check.enabled:
        return format_cell(None)
    port = f":{check.port}" if check.port else ""
    return f"{check.protocol} {port}{check.path} every {check.interval_seconds} s"


def format_cell(value: object) -> str:
    """Return a value as a string, or a dash if there is no value."""
    return str(value or "-")


def format_table(rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield one aligned line per row."""
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def wrap(message: str) -> str:
    """Return an indented message, wrapped to the width of the output."""
    return textwrap.fill(message, WIDTH, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)


if __name__ == "__main__":
    sys.exit(main())
