import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { Heap } from '../src/views/heap/heap';
import type { HeapNode, MoreNode, TypeNode } from '../src/views/heap/nodes';
import { defaultOptions } from '../src/views/heap/options';
import { amounts, rowOf, totalsText } from '../src/views/heap/rows';
import { FakeHeap, instance, typeRow } from './fakeHeap';

function stoppedHeap(program = new FakeHeap(), options = { ...defaultOptions }) {
  return { program, options, heap: new Heap(program, options, () => undefined) };
}

const text = (node: HeapNode) => {
  const { label, description } = rowOf(node);
  return description === '' ? label : `${label} | ${description}`;
};
const typesOf = (heap: Heap) => heap.shown.types.map(text);
const firstType = (heap: Heap) => heap.shown.types[0] as TypeNode;

suite('the histogram of a stop', () => {
  test('tells counts, sizes, and what has changed', async () => {
    const { program, heap } = stoppedHeap();
    program.rows = [
      typeRow('Cart', { count: 1204, size: 96_300, countChange: 12, sizeChange: 1100 }),
      typeRow('Item', { count: 7, size: 700, countChange: -3, sizeChange: -300 }),
      typeRow('dict', { countChange: 0, sizeChange: 0 }),
    ];
    await heap.refresh();
    assert.deepEqual(typesOf(heap), [
      'Cart | 1,204 · 96.3 kB · +12 · +1.1 kB',
      'Item | 7 · 700 B · −3 · −300 B',
      'dict | 3 · 144 B',
    ]);
    const icons = heap.shown.types.map((node) => rowOf(node).icon);
    assert.deepEqual(icons, ['arrow-up', 'arrow-down', 'symbol-class']);
    assert.equal(heap.shown.message, undefined);
  });

  test('is asked for as the user wants it', async () => {
    const { program, heap, options } = stoppedHeap();
    await heap.refresh();
    Object.assign(options, { sortBy: 'countChange', compareWith: 'mark', filter: 'Car' });
    await heap.refresh();
    assert.deepEqual(program.histograms, [
      { sortBy: 'size', compareWith: 'lastStop', start: 0, count: 100 },
      { sortBy: 'countChange', compareWith: 'mark', filter: 'Car', start: 0, count: 100 },
    ]);
  });

  test('comes page by page, and is refreshed as far as it is shown', async () => {
    const { program, heap } = stoppedHeap();
    program.rows = Array.from({ length: 250 }, (_, index) => typeRow(`T${index}`));
    await heap.refresh();
    assert.equal(heap.shown.types.length, 101);
    assert.equal(text(heap.shown.types.at(-1)!), 'Show more… | 150 more');
    await heap.more();
    await heap.more();
    assert.equal(heap.shown.types.length, 250);
    await heap.refresh();
    assert.deepEqual(
      program.histograms.map(({ start, count }) => [start, count]),
      [
        [0, 100],
        [100, 100],
        [200, 100],
        [0, 250],
      ],
    );
  });

  test('gives each type an id of its own, the same at each stop', async () => {
    const { program, heap } = stoppedHeap();
    program.rows = [typeRow('Cart'), typeRow('Cart', { type: 2 }), typeRow('Item')];
    await heap.refresh();
    const ids = heap.shown.types.map(({ id }) => id);
    assert.equal(new Set(ids).size, 3);
    heap.onResumed();
    heap.onStopped();
    await heap.refresh();
    assert.deepEqual(
      heap.shown.types.map(({ id }) => id),
      ids,
    );
  });

  test('says what cannot be shown, in the view', async () => {
    const { program, heap, options } = stoppedHeap();
    program.failure = "The request 'heapsight/histogram' is not supported by Heapsight.";
    await heap.refresh();
    assert.match(heap.shown.message ?? '', /^The heap cannot be shown: .* not supported/);
    program.failure = undefined;

    program.answer = { complete: false };
    await heap.refresh();
    assert.match(heap.shown.message ?? '', /budget/);

    program.answer = { rows: [], total: 0 };
    Object.assign(options, { filter: 'Nobody', compareWith: 'mark' });
    await heap.refresh();
    assert.match(heap.shown.message ?? '', /No moment is marked yet.*“Nobody”/);
  });

  test('stays as of the last stop while the program runs', async () => {
    const { program, heap } = stoppedHeap();
    program.things = [instance(7)];
    await heap.refresh();
    heap.onResumed();
    assert.equal(heap.shown.current, false);
    heap.showRunning();
    assert.equal(heap.shown.message, 'Running. As of the last stop.');
    assert.deepEqual(typesOf(heap), ['Cart | 3 · 144 B']);
    assert.deepEqual(await heap.instancesOf(firstType(heap)), []);
    await heap.refresh();
    assert.match(heap.shown.message, /is running/);
    await heap.mark();
    assert.match(heap.shown.message, /is running/);
    assert.equal(program.histograms.length + program.pages.length + program.marks, 1);
  });

  test('forgets an answer that comes after the program has gone on', async () => {
    const { program, heap } = stoppedHeap();
    let release: () => void = () => undefined;
    program.hold = new Promise((resolve) => (release = resolve));
    const refreshed = heap.refresh();
    heap.onResumed();
    release();
    await refreshed;
    assert.deepEqual(typesOf(heap), []);
    assert.equal(heap.isCurrent, false);
  });

  test('is compared with a marked moment', async () => {
    const { program, heap, options } = stoppedHeap();
    await heap.mark();
    assert.equal(program.marks, 1);
    assert.equal(options.compareWith, 'mark');
    assert.equal(program.histograms[0]?.compareWith, 'mark');
  });

  test('tells what all types amount to', async () => {
    const { program, heap } = stoppedHeap();
    await heap.refresh();
    assert.equal(totalsText(heap.shown.histogram!), '3 objects · 144 B');
    program.answer = { comparedWith: 'mark', totals: { count: 3, size: 144, countChange: 1, sizeChange: -48 } };
    await heap.refresh();
    assert.equal(totalsText(heap.shown.histogram!), '3 objects · 144 B · −48 B since the mark');
    assert.equal(amounts({ count: 0, size: 0, countChange: -3, sizeChange: -144 }), '0 · 0 B · −3 · −144 B');
  });
});

suite('the instances of a type', () => {
  test('come page by page', async () => {
    const { program, heap } = stoppedHeap();
    program.things = Array.from({ length: 60 }, (_, index) => instance(index));
    await heap.refresh();
    const type = firstType(heap);
    const first = await heap.instancesOf(type);
    assert.equal(first.length, 51);
    assert.equal(text(first[0]!), '<Cart 0> | 48 B · 2 refs');
    assert.equal((first.at(-1) as MoreNode).missing, 10);
    await heap.moreOf(type);
    assert.equal((await heap.instancesOf(type)).length, 60);
    assert.deepEqual(program.pages, [
      { type: 1, start: 0, count: 50 },
      { type: 1, start: 50, count: 50 },
    ]);
  });

  test('tell where they were created', async () => {
    const { program, heap } = stoppedHeap();
    program.things = [instance(1, { references: null, created: { path: '/shop/shop.py', line: 23, function: 'fill' } })];
    await heap.refresh();
    const [row] = await heap.instancesOf(firstType(heap));
    assert.equal(text(row!), 'shop.py:23 · <Cart 1> | 48 B · immortal');
    assert.deepEqual(rowOf(row!).traits, ['instance', 'created']);
  });

  test('are filtered by an expression, at later stops too', async () => {
    const { program, heap } = stoppedHeap();
    program.things = [instance(1)];
    program.page = { failed: 2, error: "AttributeError: no 'total'" };
    await heap.refresh();
    const filtered = heap.filterInstances(firstType(heap), 'obj.total > 3');
    assert.equal(filtered, firstType(heap));
    assert.deepEqual((await heap.instancesOf(firstType(heap))).map(text), [
      '1 of 3 where obj.total > 3',
      '<Cart 1> | 48 B · 2 refs',
      "The filter failed for 2 of them: AttributeError: no 'total'",
    ]);
    assert.deepEqual(program.pages, [{ type: 1, start: 0, count: 50, filter: 'obj.total > 3', frameId: 100 }]);
    assert.match(text(firstType(heap)), /filtered$/);

    heap.onResumed();
    heap.onStopped();
    await heap.refresh();
    assert.equal(heap.filterOf(firstType(heap)), 'obj.total > 3');
    heap.filterInstances(firstType(heap), '');
    program.page = {};
    assert.deepEqual((await heap.instancesOf(firstType(heap))).map(text), ['<Cart 1> | 48 B · 2 refs']);
  });

  test('say why there are none', async () => {
    const { program, heap } = stoppedHeap();
    await heap.refresh();
    program.failure = 'the program is running';
    assert.deepEqual((await heap.instancesOf(firstType(heap))).map(text), ['the program is running']);
    program.failure = undefined;
    assert.deepEqual((await heap.instancesOf(firstType(heap))).map(text), ['There are none any more.']);
  });

  test('can be watched for new ones', async () => {
    const { program, heap } = stoppedHeap();
    await heap.refresh();
    await heap.watch(firstType(heap), 'break');
    assert.deepEqual(program.watches, [{ type: 1, action: 'break' }]);
    assert.match(heap.shown.message ?? '', /will stop when a new shop\.Cart is created/);
    assert.deepEqual(rowOf(firstType(heap)).traits, ['type', 'watched']);
    assert.match(text(firstType(heap)), /stops at new ones$/);
    assert.equal(rowOf(firstType(heap)).icon, 'debug-breakpoint-data');
    await heap.watch(firstType(heap), 'off');
    assert.deepEqual(rowOf(firstType(heap)).traits, ['type']);
    program.failure = 'built-in types cannot be watched';
    await heap.watch(firstType(heap), 'track');
    assert.equal(heap.shown.message, 'shop.Cart: built-in types cannot be watched');
    assert.deepEqual(rowOf(firstType(heap)).traits, ['type']);
  });

  test('that are watched are listed by name, and can be let go there', async () => {
    const { program, heap } = stoppedHeap();
    assert.equal(heap.shown.watches.length, 0);
    await heap.watchNamed('shop.Cart', 'track');
    assert.deepEqual(program.watches, [{ typeName: 'shop.Cart', action: 'track' }]);
    await heap.refresh();
    assert.match(text(firstType(heap)), /tracked$/);
    heap.onResumed();
    const [watches] = heap.shown.watches;
    assert.deepEqual(watches?.types.map(text), ['shop.Cart | tracked']);
    assert.deepEqual(watches.types.map((node) => rowOf(node).traits), [['watched']]);
    heap.onStopped();
    const [cart] = watches.types;
    assert.ok(cart);
    await heap.watch(cart, 'off');
    assert.deepEqual(program.watches.at(-1), { typeName: 'shop.Cart', action: 'off' });
    assert.equal(heap.shown.watches.length, 0);
  });
});
