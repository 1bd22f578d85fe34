import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import type { Referrer } from '../src/shared/protocol';
import type { MoreNode, ReferrerNode, TreeNode } from '../src/views/object/nodes';
import { expressionVia, pathTo } from '../src/views/object/paths';
import { locationOf, rowOf } from '../src/views/object/rows';
import { ObjectTree } from '../src/views/object/tree';
import { FakeProgram, info, referrer } from './fakeProgram';

function grown(program: FakeProgram, changes = {}): ObjectTree {
  return new ObjectTree(program, 'key', 'cart', 'cart', info(changes));
}

const labels = (nodes: TreeNode[]) => nodes.map((node) => rowOf(node).label);

/** The tree as indented text, opened down to `depth`. */
async function drawn(tree: ObjectTree, node: TreeNode, depth = 3, indent = ''): Promise<string[]> {
  const row = rowOf(node);
  const line = `${indent}${row.label}${row.description ? ` | ${row.description}` : ''}`;
  const lines = [line];
  for (const child of depth > 0 && tree.canOpen(node) ? await tree.childrenOf(node) : []) {
    lines.push(...(await drawn(tree, child, depth - 1, `${indent}  `)));
  }
  return lines;
}

suite('the tree of an object', () => {
  test('begins with the object and its facts', async () => {
    const tree = grown(new FakeProgram(), { classLocation: { path: '/shop/models.py', line: 12 } });
    assert.deepEqual(await drawn(tree, tree.subject), [
      'cart | Cart · <Cart of Ada>',
      '  Shallow size | 48 B',
      '  Deep size | 1.2 kB · 5 objects',
      '  References | 2',
      '  Garbage collector | tracked',
      '  Weak references | 0',
      '  Address | 0x7f00',
      '  Class | shop.Cart — models.py:12',
    ]);
    const facts = await tree.childrenOf(tree.subject);
    assert.deepEqual(locationOf(facts.at(-1)!), { path: '/shop/models.py', line: 12 });
    assert.deepEqual(rowOf(facts.at(-1)!).traits, ['value', 'jump']);
  });

  test('tells the retained size where the adapter knows it', async () => {
    const retainedSize = { bytes: 9000, objects: 12, complete: true, text: '9.0 kB' };
    const tree = grown(new FakeProgram(), { retainedSize });
    assert.equal((await drawn(tree, tree.subject))[3], '  Retained size | 9.0 kB · 12 objects');
  });

  test('says what is only a bound, immortal, or not known', async () => {
    const tree = grown(new FakeProgram(), {
      deepSize: { bytes: 5_000_000, objects: 1_000_000, complete: false, text: '≥ 5.0 MB (50 ms budget)' },
      references: null,
      immortal: true,
      gcTracked: false,
    });
    const text = (await drawn(tree, tree.subject)).join('\n');
    assert.match(text, /≥ 5\.0 MB \(50 ms budget\) · 1,000,000 objects/);
    assert.match(text, /References \| immortal/);
    assert.match(text, /not tracked/);
    assert.match(text, /Class \| shop\.Cart$/);
    assert.equal(rowOf(tree.holders).description, 'immortal');
  });

  test('shows what holds it, up to a root', async () => {
    const program = new FakeProgram();
    program.holders.set(1, [referrer('.cart', { object: 2, type: 'Session', summary: '56 B · 1 ref' })]);
    program.holders.set(2, [
      referrer("['ada']", { kind: 'item', object: 3, type: 'dict', summary: '232 B · 1 ref', count: 2 }),
    ]);
    program.holders.set(3, [
      referrer('global SESSIONS in shop', { kind: 'global', object: 4, type: 'module', root: true }),
    ]);
    const tree = grown(program);
    assert.deepEqual(await drawn(tree, tree.holders, 9), [
      'What holds it | 2 references',
      '  .cart | Session · 56 B · 1 ref',
      "    ['ada'] | ×2 · dict · 232 B · 1 ref",
      '      global SESSIONS in shop | module',
    ]);
    assert.deepEqual(
      program.asked.referrers.map(([question]) => question.ancestors),
      [[1], [1, 2], [1, 2, 3]],
    );
  });

  test('marks a cycle and does not go round it', async () => {
    const program = new FakeProgram();
    program.holders.set(1, [referrer('.parent', { object: 2, type: 'Node' })]);
    program.holders.set(2, [referrer('.child', { object: 1, type: 'Cart', summary: '48 B', cycle: true })]);
    const tree = grown(program);
    const [parent] = await tree.childrenOf(tree.holders);
    const [cycle] = await tree.childrenOf(parent!);
    assert.equal(rowOf(cycle!).description, 'Cart · already above');
    assert.equal(tree.canOpen(cycle!), false);
    assert.deepEqual(await tree.childrenOf(cycle!), []);
  });

  test('tells the remainder, an empty list, and a search that gave up', async () => {
    const program = new FakeProgram();
    program.unaccounted = 2;
    const remainder = grown(program);
    assert.deepEqual(labels(await remainder.childrenOf(remainder.holders)), [
      '2 references held by native code or the evaluation stack',
    ]);

    program.unaccounted = 0;
    const nothing = grown(program);
    assert.deepEqual(labels(await nothing.childrenOf(nothing.holders)), ['Nothing refers to it.']);

    program.complete = false;
    const partial = grown(program);
    assert.match(labels(await partial.childrenOf(partial.holders)).join(), /time budget/);
  });

  test('comes page by page', async () => {
    const program = new FakeProgram();
    program.holders.set(
      1,
      Array.from({ length: 120 }, (_, index): Referrer => referrer(`[${index}]`, { object: 10 + index })),
    );
    const tree = grown(program);

    const first = await tree.childrenOf(tree.holders);
    assert.equal(first.length, 51);
    assert.equal(rowOf(first.at(-1)!).description, '70 more');

    const opened = first[3]!;
    await tree.showMore((first.at(-1) as MoreNode).owner);
    const second = await tree.childrenOf(tree.holders);
    assert.equal(second.length, 101);
    assert.equal(second[3]!.id, opened.id);

    await tree.showMore((second.at(-1) as MoreNode).owner);
    const third = await tree.childrenOf(tree.holders);
    assert.deepEqual(labels(third).at(-1), '[119]');
    assert.equal(third.length, 120);
    assert.deepEqual(
      program.asked.referrers.map(([question]) => question.start),
      [0, 50, 100],
    );
  });

  test('asks once, however often it is looked at', async () => {
    const program = new FakeProgram();
    program.holders.set(1, [referrer('.a')]);
    const tree = grown(program);
    await Promise.all([tree.childrenOf(tree.holders), tree.childrenOf(tree.holders)]);
    await tree.childrenOf(tree.holders);
    assert.equal(program.asked.referrers.length, 1);
  });

  test('gives every row an id of its own, the same at each stop', async () => {
    const program = new FakeProgram();
    program.holders.set(1, [referrer('.next', { object: 2 }), referrer('.next', { object: 3 }), referrer('[0]')]);
    const ids = async (tree: ObjectTree) => (await tree.childrenOf(tree.holders)).map((node) => node.id);
    const before = await ids(grown(program));
    assert.equal(new Set(before).size, 3);
    assert.deepEqual(await ids(grown(program, { object: 1 })), before);
  });

  test('says why a list cannot be had, and asks again later', async () => {
    const program = new FakeProgram();
    program.holders.set(1, [referrer('.a')]);
    program.failure = 'the program is running';
    const tree = grown(program);
    assert.deepEqual(labels(await tree.childrenOf(tree.holders)), ['the program is running']);
    program.failure = undefined;
    assert.deepEqual(labels(await tree.childrenOf(tree.holders)), ['.a']);
  });

  test('asks nothing more once the program has gone on', async () => {
    const program = new FakeProgram();
    program.holders.set(1, [referrer('.a', { object: 2 })]);
    program.holders.set(2, [referrer('.b', { object: 3 })]);
    const tree = grown(program);
    const [opened] = await tree.childrenOf(tree.holders);
    tree.freeze();
    assert.deepEqual(labels(await tree.childrenOf(tree.holders)), ['.a']);
    assert.equal(tree.canOpen(opened!), false);
    assert.deepEqual(await tree.childrenOf(opened!), []);
    assert.equal(program.asked.referrers.length, 1);
  });

  test('gives the path as a person would write it, and as an expression', async () => {
    const program = new FakeProgram();
    program.holders.set(1, [referrer("['x']", { object: 2, step: "['x']" }), referrer('member', { object: 3 })]);
    const root = referrer('global CACHE in shop', { root: true, step: "sys.modules['shop'].CACHE" });
    program.holders.set(2, [root]);
    program.holders.set(3, [root]);
    const tree = grown(program);
    const [item, member] = (await tree.childrenOf(tree.holders)) as ReferrerNode[];
    const [viaItem] = (await tree.childrenOf(item!)) as ReferrerNode[];
    const [viaMember] = (await tree.childrenOf(member!)) as ReferrerNode[];
    assert.equal(pathTo(viaItem!), "global CACHE in shop → ['x'] → cart");
    assert.equal(expressionVia(viaItem!), "sys.modules['shop'].CACHE['x']");
    assert.ok(rowOf(viaItem!).traits.includes('expression'));
    assert.equal(expressionVia(item!), undefined, 'it does not begin at a root');
    assert.equal(expressionVia(viaMember!), undefined, 'a set has no step to its members');
  });

  test('offers only what can be done', () => {
    const node = (changes: Partial<Referrer>): TreeNode => ({
      kind: 'referrer',
      id: 'x',
      parent: undefined,
      list: undefined,
      referrer: referrer('.a', changes),
    });
    assert.deepEqual(rowOf(node({})).traits, ['path']);
    assert.deepEqual(rowOf(node({ frameId: 3 })).traits, ['path', 'jump']);
    assert.deepEqual(rowOf(node({ object: 3, value: 'x', location: { path: '/a.py', line: 1 } })).traits, [
      'path',
      'jump',
      'inspect',
      'value',
    ]);
  });
});
