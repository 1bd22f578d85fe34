// A session from launch to exit, the way VS Code drives it, on the example.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { examples } from '../../scripts/lib/paths.mjs';
import { localsOf, outputOf, startAdapter } from '../support/adapter.mjs';
import { lineWith } from '../support/lines.mjs';

const program = path.join(examples, 'leaky_shop', 'shop.py');
const launchShop = { program, console: 'internalConsole' };
const line = (text) => lineWith(program, text);

/** Launch the shop and wait at the line with `text`; gives the client, the thread and its frames. */
async function stopAt(t, text, launch = launchShop) {
  const client = await startAdapter(t);
  await client.hitBreakpoint(launch, { path: program, line: line(text) });
  const { body } = await client.threadsRequest();
  const threadId = body.threads[0].id;
  const { body: stack } = await client.stackTraceRequest({ threadId });
  return { client, threadId, frames: stack.stackFrames };
}

/** Do a step and wait for where it stops; gives the innermost frame. */
async function step(client, kind, threadId) {
  const [stopped] = await Promise.all([client.waitForEvent('stopped'), client[`${kind}Request`]({ threadId })]);
  assert.equal(stopped.body.reason, 'step');
  const { body } = await client.stackTraceRequest({ threadId });
  return body.stackFrames[0];
}

test('a program without breakpoints runs to its end', async (t) => {
  const client = await startAdapter(t);
  const printed = outputOf(client, 'stdout');
  const [exited] = await Promise.all([
    client.waitForEvent('exited'),
    client.waitForEvent('terminated'),
    client.configurationSequence(),
    client.launch(launchShop),
  ]);
  assert.equal(exited.body.exitCode, 0);
  assert.match(printed.text, /3 customers came, paid 21\.70 and left\.\s+Carts still in memory: 3/);
});

test('the exit code is the program\'s own', async (t) => {
  const client = await startAdapter(t);
  const [exited] = await Promise.all([
    client.waitForEvent('exited'),
    client.waitForEvent('terminated'),
    client.configurationSequence(),
    client.launch({ code: 'raise SystemExit(7)', console: 'internalConsole' }),
  ]);
  assert.equal(exited.body.exitCode, 7);
});

test('a breakpoint stops with the stack and the locals', async (t) => {
  const { client, frames } = await stopAt(t, 'has done its work here');
  assert.deepEqual(
    frames.map(({ name }) => name.split('.').at(-1)),
    ['serve', 'main', '<module>'],
  );
  const locals = await localsOf(client, frames[0].id);
  assert.equal(locals.customer.value, "'Ada'");
  assert.match(locals.cart.type, /Cart/);
  assert.ok(locals.cart.variablesReference > 0);
});

test('steps go over, into and out of calls', async (t) => {
  const { client, threadId } = await stopAt(t, 'cart = fill_cart(customer');
  const over = await step(client, 'next', threadId);
  assert.deepEqual([over.name, over.line], ['serve', line('receipt = receipt_for(cart)')]);
  const into = await step(client, 'stepIn', threadId);
  assert.equal(into.name, 'receipt_for');
  assert.equal(path.basename(into.source.path), 'receipts.py');
  const out = await step(client, 'stepOut', threadId);
  assert.equal(out.name, 'serve');
});

test('expressions are evaluated in the frame, and a bad one says why', async (t) => {
  const { client, frames } = await stopAt(t, 'has done its work here');
  const frameId = frames[0].id;
  const { body } = await client.evaluateRequest({ expression: 'len(cart.items) + 1', frameId, context: 'repl' });
  assert.equal(body.result, '3');
  await assert.rejects(client.evaluateRequest({ expression: 'cart.nothing', frameId, context: 'watch' }), /nothing/);
});

test('a conditional breakpoint stops only where its condition holds', async (t) => {
  const client = await startAdapter(t);
  const breakpoints = [{ line: line('has done its work here'), condition: "customer == 'Alan'" }];
  await Promise.all([
    client.waitForEvent('initialized').then(async () => {
      await client.setBreakpointsRequest({ source: { path: program }, breakpoints });
      await client.configurationDoneRequest();
    }),
    client.launch(launchShop),
    client.waitForEvent('stopped'),
  ]);
  const { body } = await client.stackTraceRequest({ threadId: 1 });
  const locals = await localsOf(client, body.stackFrames[0].id);
  assert.equal(locals.customer.value, "'Alan'");
});

test('what holds the cart is told, down to the two leaks', async (t) => {
  const { client, frames } = await stopAt(t, 'has done its work here');
  const frameId = frames[0].id;
  const { body: cart } = await client.customRequest('heapsight/inspect', { expression: 'cart', frameId });
  assert.match(cart.summary, /\d+ B · 3 refs/);
  const holders = async (object) => (await client.customRequest('heapsight/referrers', { object })).body;
  const { referrers, unaccounted } = await holders(cart.object);
  assert.equal(unaccounted, 0);
  const byLabel = (rows, pattern) => {
    const row = rows.find(({ label }) => pattern.test(label));
    assert.ok(row, `${pattern} is not among ${rows.map(({ label }) => label).join(', ')}`);
    return row;
  };
  assert.ok(byLabel(referrers, /local cart in serve\(\)/).root);
  let leak = byLabel(referrers, /closure cell cart of .*remind/);
  for (const pattern of [/^\[0\]$/, /global LISTENERS in stockroom/]) leak = byLabel((await holders(leak.object)).referrers, pattern);
  leak = byLabel(referrers, /^\.cart$/);
  for (const pattern of [/\['Ada'\]/, /global CACHE in receipts/]) leak = byLabel((await holders(leak.object)).referrers, pattern);
  assert.ok(leak.root);
});

test('looking around at each stop keeps nothing alive', async (t) => {
  const { client, threadId } = await stopAt(t, 'cart = fill_cart(customer');
  let frame;
  for (const kind of ['next', 'stepIn', 'stepOut', 'next']) {
    frame = await step(client, kind, threadId);
    await localsOf(client, frame.id);
  }
  const { body: cart } = await client.customRequest('heapsight/inspect', { expression: 'cart', frameId: frame.id });
  const { body } = await client.customRequest('heapsight/referrers', { object: cart.object });
  assert.deepEqual(
    body.referrers.map(({ label }) => label).sort(),
    ['.cart', 'closure cell cart of remind', 'local cart in serve()'],
  );
});

test('a program that is not there is a clear error', async (t) => {
  const client = await startAdapter(t);
  await assert.rejects(
    Promise.all([client.configurationSequence(), client.launch({ program: '/nowhere/shop.py', console: 'internalConsole' })]),
    /shop\.py/,
  );
});
