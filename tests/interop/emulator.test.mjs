// Tests of the JavaScript SDK with the emulator at LATTICE_URL. The tests inject faults with fetch().

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  BatchUpdateRuleCommand,
  ConflictException,
  CreateListenerCommand,
  CreateRuleCommand,
  CreateServiceCommand,
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  GetRuleCommand,
  GetTargetGroupCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetGroupsCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  TagResourceCommand,
  ThrottlingException,
  UntagResourceCommand,
  UpdateListenerCommand,
  UpdateTargetGroupCommand,
  VPCLatticeClient,
  ValidationException,
  paginateListTargetGroups,
} from "@aws-sdk/client-vpc-lattice";

const url = process.env.LATTICE_URL;
const region = "eu-west-1";
const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
const client = new VPCLatticeClient({ endpoint: url, region, credentials });
const UNKNOWN = "tg-00000000000000000";

const inject = async (method, args = {}) => {
  const body = JSON.stringify({ method, arguments: args });
  const response = await fetch(`${url}/_faults`, { method: "POST", body });
  assert.equal(response.status, 200, await response.text());
};
const calls = async () => (await fetch(`${url}/_calls`)).json();
const statuses = async () => (await calls()).map((call) => call.status);

const create = (name, params = { type: "LAMBDA" }) => client.send(new CreateTargetGroupCommand({ name, ...params }));
const createRouted = (name) =>
  create(name, { type: "IP", config: { protocol: "HTTP", vpcIdentifier: "vpc-12345678" } });

const catchError = async (request) => {
  try {
    await request;
  } catch (error) {
    return error;
  }
  return assert.fail("The request was not rejected.");
};

beforeEach(() => inject("reset"));

test("a group is created in the Region of the client", async () => {
  const created = await createRouted("orders");
  const group = await client.send(new GetTargetGroupCommand({ targetGroupIdentifier: created.id }));

  assert.equal(created.status, "CREATE_IN_PROGRESS");
  assert.equal(group.arn, `arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/${created.id}`);
  assert.deepEqual([group.status, group.config.port, group.config.healthCheck.matcher], ["ACTIVE", 80, { httpCode: "200" }]);
  assert.ok(Math.abs(group.createdAt - Date.now()) < 60_000);
});

test("groups are listed page by page", async () => {
  for (const name of ["apples", "pears", "plums"]) await create(name);

  const pages = [];
  for await (const page of paginateListTargetGroups({ client, pageSize: 2 }, {})) {
    pages.push(page.items.map((item) => item.name));
  }

  assert.deepEqual(pages, [["apples", "pears"], ["plums"]]);
});

test("targets are registered, listed and deregistered, and rejected targets are listed separately", async () => {
  const { id: targetGroupIdentifier } = await createRouted("orders");
  const targets = [{ id: "10.0.0.1" }, { id: "10.0.0.2", port: 81 }, { id: "db" }];

  const registered = await client.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets }));
  const deregistered = await client.send(new DeregisterTargetsCommand({ targetGroupIdentifier, targets: [targets[0]] }));
  const { items } = await client.send(new ListTargetsCommand({ targetGroupIdentifier }));

  const failureMessage = "db is not an IP address";
  assert.deepEqual(registered.successful, [{ id: "10.0.0.1", port: 80 }, { id: "10.0.0.2", port: 81 }]);
  assert.deepEqual(registered.unsuccessful, [{ id: "db", failureCode: "UnsupportedTarget", failureMessage }]);
  assert.deepEqual(deregistered.successful, [{ id: "10.0.0.1", port: 80 }]);
  assert.deepEqual(items, [{ id: "10.0.0.2", port: 81, status: "UNUSED", reasonCode: "TargetGroupNotInUse" }]);
});

test("tags are set at creation, added and removed", async () => {
  const { arn: resourceArn } = await create("orders", { type: "LAMBDA", tags: { team: "shop" } });

  await client.send(new TagResourceCommand({ resourceArn, tags: { stage: "test", "cost center": "7" } }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["team", "stage"] }));

  const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
  assert.deepEqual(tags, { "cost center": "7" });
});

test("a health check is updated, and a deleted group is not found", async () => {
  const { id: targetGroupIdentifier } = await createRouted("orders");

  const healthCheck = { path: "/ready" };
  const updated = await client.send(new UpdateTargetGroupCommand({ targetGroupIdentifier, healthCheck }));
  const deleted = await client.send(new DeleteTargetGroupCommand({ targetGroupIdentifier }));
  const error = await catchError(client.send(new GetTargetGroupCommand({ targetGroupIdentifier })));

  assert.equal(updated.config.healthCheck.path, "/ready");
  assert.equal(deleted.status, "DELETE_IN_PROGRESS");
  assert.ok(error instanceof ResourceNotFoundException);
});

test("each error has the expected class, status and members, and the request is not retried", async () => {
  const { id } = await create("orders");
  await inject("set_quota", { quota: "target_groups", limit: 1 });

  const conflict = await catchError(create("orders"));
  const quota = await catchError(create("second"));
  const invalid = await catchError(create("tg-orders"));
  const missing = await catchError(client.send(new GetTargetGroupCommand({ targetGroupIdentifier: UNKNOWN })));

  assert.ok(conflict instanceof ConflictException);
  assert.deepEqual([conflict.resourceId, conflict.resourceType], [id, "TARGET_GROUP"]);
  assert.ok(quota instanceof ServiceQuotaExceededException);
  assert.deepEqual([quota.resourceType, quota.serviceCode], ["TARGET_GROUP", "vpc-lattice"]);
  assert.ok(invalid instanceof ValidationException);
  assert.deepEqual([invalid.reason, invalid.fieldList[0].name], ["fieldValidationFailed", "name"]);
  assert.ok(missing instanceof ResourceNotFoundException);
  assert.deepEqual([missing.resourceId, missing.resourceType], [UNKNOWN, "TARGET_GROUP"]);
  assert.deepEqual(await statuses(), [201, 409, 402, 400, 404]);
});

test("the SDK retries a throttled request successfully", async () => {
  await inject("throttle", { operation: "ListTargetGroups" });

  const listed = await client.send(new ListTargetGroupsCommand({}));

  assert.deepEqual([listed.items, listed.$metadata.attempts], [[], 2]);
  assert.deepEqual(await statuses(), [429, 200]);
});

test("if every attempt is throttled, the SDK reports the throttling and Retry-After", async () => {
  await inject("throttle", { operation: "*", times: 9, retry_after_seconds: 1 });

  const error = await catchError(client.send(new ListTargetGroupsCommand({})));

  assert.ok(error instanceof ThrottlingException);
  assert.deepEqual([error.retryAfterSeconds, error.serviceCode], [1, "vpc-lattice"]);
  assert.deepEqual(await statuses(), Array(error.$metadata.attempts).fill(429));
});

test("a create request whose response is lost is retried with the same token, and one group exists", async () => {
  await inject("drop_response", { operation: "CreateTargetGroup" });

  const created = await create("orders");

  const [first, second] = await calls();
  const { items } = await client.send(new ListTargetGroupsCommand({}));
  assert.deepEqual([first.status, second.status], [null, 201]);
  assert.deepEqual(first.params, second.params);
  assert.deepEqual(items.map((item) => item.id), [created.id]);
});

test("a server error is retried, and an invalid fault request is rejected", async () => {
  await inject("fail", { operation: "ListTargetGroups", code: "InternalServerException" });

  await client.send(new ListTargetGroupsCommand({}));
  const response = await fetch(`${url}/_faults`, { method: "POST", body: '{"method": "explode"}' });

  assert.deepEqual(await statuses(), [500, 200]);
  assert.equal(response.status, 400);
});

test("weights move between groups, and the default rule is listed", async () => {
  const [blue, green] = [await createRouted("blue"), await createRouted("green")];
  const forward = (weights) => ({
    forward: { targetGroups: weights.map(([group, weight]) => ({ targetGroupIdentifier: group.arn, weight })) },
  });
  const { arn: serviceIdentifier } = await client.send(new CreateServiceCommand({ name: "shop" }));
  const defaultAction = forward([[blue, 100]]);
  const created = await client.send(
    new CreateListenerCommand({ serviceIdentifier, name: "http", protocol: "HTTP", defaultAction }),
  );
  const listener = { serviceIdentifier, listenerIdentifier: created.arn };
  const match = { httpMatch: { method: "GET" } };
  const rule = await client.send(
    new CreateRuleCommand({ ...listener, name: "get", priority: 1, match, action: defaultAction }),
  );
  const moved = forward([[blue, 0], [green, 999]]);
  await inject("throttle", { operation: "UpdateListener" });

  await client.send(new UpdateListenerCommand({ ...listener, defaultAction: moved }));
  const rules = [{ ruleIdentifier: rule.arn, priority: 2, action: moved }];
  const batch = await client.send(new BatchUpdateRuleCommand({ ...listener, rules }));
  const { items } = await client.send(new ListRulesCommand(listener));
  const read = await client.send(new GetRuleCommand({ ...listener, ruleIdentifier: items[0].arn }));

  assert.deepEqual([batch.successful[0].priority, batch.unsuccessful], [2, []]);
  assert.deepEqual(items.map((item) => item.isDefault), [true, false]);
  assert.deepEqual([read.action, read.match, read.createdAt instanceof Date], [moved, undefined, true]);
});
