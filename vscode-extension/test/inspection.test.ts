import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { Inspection } from '../src/views/object/inspection';
import { FakeProgram, info } from './fakeProgram';

function begin(program: FakeProgram) {
  let changes = 0;
  const inspection = new Inspection(program, () => changes++);
  return {
    inspection,
    changes: () => changes,
    /** The object shown, whether it is of now, and what is said. */
    seen: () => {
      const { tree, current, message } = inspection.shown;
      return [tree?.subject.name, current ? 'now' : 'earlier', message];
    },
    step: async () => {
      inspection.onResumed();
      await inspection.onStopped();
    },
  };
}

suite('the inspected object', () => {
  test('is shown, and asked to be followed', async () => {
    const program = new FakeProgram();
    const { inspection, seen } = begin(program);
    await inspection.inspect({ expression: 'cart', frameId: 5 }, 'cart', 'cart');
    assert.deepEqual(seen(), ['cart', 'now', undefined]);
    assert.deepEqual(program.asked.inspect, [[{ expression: 'cart', frameId: 5, follow: true }]]);
  });

  test('is the same one at the next stop, when it can be followed', async () => {
    const program = new FakeProgram();
    program.onInspect = () => info({ follow: 9 });
    program.onFollowed = () => ({ alive: true, info: info({ object: 2, value: '<Cart, changed>' }) });
    const { inspection, seen, step } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    await step();
    assert.deepEqual(seen(), ['cart', 'now', undefined]);
    assert.equal(inspection.shown.tree?.info.value, '<Cart, changed>');
    assert.equal(inspection.shown.evaluatedAgain, false);
    assert.equal(inspection.shown.tree.subject.evaluateName, undefined, 'the expression may lead elsewhere now');
    await step();
    assert.deepEqual(
      program.asked.followed.map(([question]) => question),
      [
        { follow: 9, name: 'cart', frameId: 100 },
        { follow: 9, name: 'cart', frameId: 100 },
      ],
    );
  });

  test('has rows of its own, which stay open from stop to stop, and no row of another object', async () => {
    const program = new FakeProgram();
    program.onInspect = () => info({ follow: 9 });
    program.onFollowed = () => ({ alive: true, info: info({ object: 2, follow: 9 }) });
    const { inspection, step } = begin(program);
    const rows = () => inspection.shown.tree?.roots.map((node) => node.id) ?? [];
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    const first = rows();
    await step();
    assert.deepEqual(rows(), first);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    assert.deepEqual(rows().filter((id) => first.includes(id)), []);
    await inspection.back();
    assert.deepEqual(rows(), first);
  });

  test('stays to be seen when it is gone', async () => {
    const program = new FakeProgram();
    program.onInspect = () => info({ follow: 9 });
    const { inspection, seen, step } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    await step();
    assert.deepEqual(seen(), ['cart', 'earlier', 'cart is gone: nothing refers to it any more.']);
  });

  test('is evaluated again where it cannot be followed, and marked', async () => {
    const program = new FakeProgram();
    const { inspection, seen, step } = begin(program);
    await inspection.inspect({ variablesReference: 4, name: 'items' }, 'items', 'cart.items');
    await step();
    assert.deepEqual(seen(), ['items', 'now', undefined]);
    assert.equal(inspection.shown.evaluatedAgain, true);
    assert.equal(inspection.shown.tree?.subject.evaluateName, 'cart.items');
    assert.deepEqual(program.asked.inspect.at(-1), [{ expression: 'cart.items', frameId: 100, follow: true }]);
  });

  test('stays as it was where its expression means nothing, and comes back where it does', async () => {
    const program = new FakeProgram();
    const { inspection, seen, step } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    program.failure = "NameError: name 'cart' is not defined";
    await step();
    assert.deepEqual(seen(), ['cart', 'earlier', "As of an earlier stop. cart: NameError: name 'cart' is not defined"]);
    program.failure = undefined;
    await step();
    assert.deepEqual(seen(), ['cart', 'now', undefined]);
  });

  test('stays as it was where nothing leads to it', async () => {
    const program = new FakeProgram();
    const { inspection, seen, step } = begin(program);
    await inspection.inspect({ object: 12 }, undefined, undefined);
    await step();
    assert.deepEqual(seen(), [
      'cart',
      'earlier',
      'As of an earlier stop: cart cannot be followed, and no expression leads to it.',
    ]);
  });

  test('keeps its last state while the program runs', async () => {
    const program = new FakeProgram();
    const { inspection, seen, changes } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    const before = changes();
    inspection.onResumed();
    assert.equal(changes(), before, 'a short step does not flicker');
    inspection.showRunning();
    assert.deepEqual(seen(), ['cart', 'earlier', 'Running. As of the last stop.']);
    await inspection.inspect({ expression: 'other' }, 'other', 'other');
    assert.deepEqual(seen(), ['cart', 'earlier', 'The program is running: pause it, or let it stop at a breakpoint.']);
    assert.equal(program.asked.inspect.length, 1);
  });

  test('is not replaced by a question that cannot be answered', async () => {
    const program = new FakeProgram();
    const { inspection, seen } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    program.failure = 'SyntaxError: invalid syntax';
    await inspection.inspect({ expression: 'cart +' }, 'cart +', 'cart +');
    assert.deepEqual(seen(), ['cart', 'now', 'cart +: SyntaxError: invalid syntax']);
  });

  test('is not followed when the user does not want it', async () => {
    const program = new FakeProgram();
    program.onInspect = () => info({ follow: 9 });
    const { inspection, seen, step } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    inspection.unfollow();
    assert.deepEqual(program.asked.unfollow, [[9]]);
    await step();
    assert.deepEqual(seen(), ['cart', 'earlier', 'Not followed: as of an earlier stop.']);
    assert.deepEqual(program.asked.followed, []);
    await inspection.follow();
    assert.deepEqual(seen(), ['cart', 'now', undefined]);
  });

  test('gives way to another, and comes back', async () => {
    const program = new FakeProgram();
    program.onInspect = (question) =>
      'object' in question ? info({ object: question.object, name: 'dict' }) : info({ follow: 9 });
    const { inspection, seen } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    await inspection.inspect({ object: 12 }, undefined, undefined);
    assert.deepEqual(seen(), ['dict', 'now', undefined]);
    assert.equal(inspection.shown.canGoBack, true);
    await inspection.back();
    assert.deepEqual(seen(), ['cart', 'now', undefined]);
    assert.equal(inspection.shown.canGoBack, false);
    assert.deepEqual(program.asked.inspect.at(-1), [{ object: 1, follow: true }]);
  });

  test('comes back after a stop by following it', async () => {
    const program = new FakeProgram();
    program.onInspect = (question) => ('object' in question ? info({ object: 12, name: 'dict' }) : info({ follow: 9 }));
    program.onFollowed = () => ({ alive: true, info: info({ object: 30 }) });
    const { inspection, seen, step } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    await inspection.inspect({ object: 12 }, undefined, undefined);
    await step();
    await inspection.back();
    assert.deepEqual(seen(), ['cart', 'now', undefined]);
    assert.deepEqual(
      program.asked.followed.map(([question]) => question.follow),
      [9],
    );
  });

  test('is that of the last question, whatever is answered first', async () => {
    const program = new FakeProgram();
    let answerSlowly: () => void = () => undefined;
    program.onInspect = (question) =>
      'expression' in question && question.expression === 'slow'
        ? new Promise((resolve) => (answerSlowly = () => resolve(info({ name: 'slow', follow: 7 }))))
        : info({ name: 'quick' });
    const { inspection, seen } = begin(program);
    const slow = inspection.inspect({ expression: 'slow' }, 'slow', 'slow');
    await inspection.inspect({ expression: 'quick' }, 'quick', 'quick');
    answerSlowly();
    await slow;
    assert.deepEqual(seen(), ['quick', 'now', undefined]);
    assert.deepEqual(program.asked.unfollow, [[7]], 'what nobody sees is not followed');
  });

  test('is not what a stop before the last one answers', async () => {
    const program = new FakeProgram();
    const { inspection, seen } = begin(program);
    await inspection.inspect({ expression: 'cart' }, 'cart', 'cart');
    inspection.onResumed();
    const stop = inspection.onStopped();
    inspection.onResumed();
    await stop;
    inspection.showRunning();
    assert.deepEqual(seen(), ['cart', 'earlier', 'Running. As of the last stop.']);
  });
});
