// The exported .heapsnapshot, read by those who read V8's own: memlab and the viewer of VS Code.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { adapter, root } from '../../scripts/lib/paths.mjs';

const require = createRequire(import.meta.url);
const { analysis, config, utils } = require('@memlab/core');
const { decode_bytes } = require('@vscode/v8-heap-parser');

const python = process.env.HEAPSIGHT_PYTHON ?? 'python3';
const env = { ...process.env, PYTHONPATH: path.join(root, 'tests') };
const run = (...words) => execFileSync(python, words, { env, cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
const heapsight = (...words) => run(path.join(adapter, 'heapsight'), ...words);
const orders = 100;

let folder;
let snapshot;
let exported;

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'heapsight-exports-'));
  snapshot = path.join(folder, 'shop.heapsight');
  run('-m', 'support.leaky_shop', snapshot, String(orders));
  exported = exportOf(snapshot, 'heapsnapshot');
});
after(() => rmSync(folder, { recursive: true, force: true }));

function exportOf(file, format) {
  const output = `${file}.${format}`;
  heapsight('export', file, '--format', format, '-o', output);
  return output;
}

/** The heap as memlab has it, with dominators and shortest paths. */
async function memlab(file) {
  config.muteConsole = true;
  const heap = await utils.getSnapshotFromFile(file, { buildNodeIdIndex: true, verbose: false });
  analysis.preparePathFinder(heap);
  return heap;
}

function find(heap, matches) {
  const found = [];
  heap.nodes.forEach((node) => {
    if (matches(node)) found.push(node);
  });
  return found;
}

const largest = (nodes) => nodes.reduce((best, node) => (node.retainedSize > best.retainedSize ? node : best));

/** The names of the references on memlab's shortest path from the root. */
function pathTo(node) {
  const names = [];
  for (let at = node; at.hasPathEdge; at = at.pathEdge.fromNode) names.unshift(at.pathEdge.name_or_index);
  return names;
}

/** The name of each class that VS Code's viewer lists, with its sizes. */
function classes(file) {
  const graph = decode_bytes(readFileSync(file));
  const groups = graph.get_class_groups(0, 10_000, false);
  return { graph, byName: new Map(groups.map((group) => [group.name(), group])) };
}

test('keys come in the order of V8, and the counts are those of the arrays', () => {
  const data = JSON.parse(readFileSync(exported, 'utf8'));
  assert.deepEqual(Object.keys(data), [
    'snapshot',
    'nodes',
    'edges',
    'trace_function_infos',
    'trace_tree',
    'samples',
    'locations',
    'strings',
  ]);
  const { meta, node_count: nodes, edge_count: edges } = data.snapshot;
  const width = meta.node_fields.length;
  assert.equal(data.nodes.length, nodes * width);
  assert.equal(data.edges.length, edges * 3);
  assert.equal(data.strings[0], '<dummy>');
  // Edges are grouped by their node, and lead to the beginning of a row.
  let counted = 0;
  for (let row = 0; row < data.nodes.length; row += width) counted += data.nodes[row + meta.node_fields.indexOf('edge_count')];
  assert.equal(counted, edges);
  for (let row = 0; row < data.edges.length; row += 3) {
    assert.equal(data.edges[row + 2] % width, 0);
    assert.ok(data.edges[row + 2] < data.nodes.length);
    // Names of edges that have one are strings.
    if (data.edges[row] !== 1 && data.edges[row] !== 4) assert.ok(data.edges[row + 1] < data.strings.length);
  }
});

test('memlab loads it and finds the leak', async () => {
  const heap = await memlab(exported);
  const { snapshot: head } = JSON.parse(readFileSync(exported, 'utf8'));
  assert.equal(heap.nodes.length, head.node_count);
  assert.equal(heap.edges.length, head.edge_count);
  const cache = largest(find(heap, (node) => node.name === 'list'));
  assert.ok(cache.retainedSize > orders * 60_000);
  assert.deepEqual(pathTo(cache).slice(1), ["sys.modules['shop']", '__dict__', 'CACHE']);
  assert.equal(find(heap, (node) => node.name === 'shop.Order' && node.type === 'object').length, orders);
  assert.equal(find(heap, (node) => node.type === 'closure').map((node) => node.name).join(), 'serve');
  // Every object is reached, also what only native code holds, garbage, and what is Heapsight's.
  assert.deepEqual(find(heap, (node) => !node.hasPathEdge && node.type !== 'synthetic').map((node) => node.name), []);
  // Heapsight looks at the cart without holding it.
  const [cart] = find(heap, (node) => node.name === 'set');
  assert.equal(cart.dominatorNode.name, 'serve() at /home/me/shop.py:36');
});

test("VS Code's viewer loads it and finds the leak", () => {
  const { graph, byName } = classes(exported);
  assert.equal(byName.get('shop.Order').children_len, orders);
  assert.ok(byName.get('list').retained_size > BigInt(orders * 60_000));
  assert.equal(byName.get('module shop').children_len, 1);
  const names = [...byName.keys()];
  const [cache] = graph.class_children(names.indexOf('list'), 0, 1, 1);
  const retainers = graph.get_all_retainers(cache.index, 3).map((node) => node.name());
  assert.deepEqual(retainers, ['list', 'dict', 'module shop', '(Modules)']);
});

test('a heap profile has the bytes of each allocation site', () => {
  const profile = JSON.parse(readFileSync(exportOf(snapshot, 'heapprofile'), 'utf8'));
  assert.deepEqual(Object.keys(profile), ['head', 'samples']);
  assert.equal(profile.head.callFrame.functionName, '(root)');
  const [serve] = profile.head.children;
  assert.equal(serve.callFrame.functionName, 'shop.py:36');
  assert.equal(serve.callFrame.lineNumber, 35);
  const [order] = serve.children;
  assert.equal(order.selfSize, orders * 48);
  assert.equal(order.children[0].selfSize, orders * 60_000);
  assert.equal(profile.samples.reduce((sum, sample) => sum + sample.size, 0), orders * 60_048);
});

test('the heap of a real program shows its leak', async () => {
  const program = path.join(folder, 'leak.py');
  const file = path.join(folder, 'leak.heapsight');
  const lines = [
    'import heapsight',
    'class Order:',
    '    def __init__(self, number): self.payload = bytes(10_000 + number)',
    'CACHE = [Order(number) for number in range(300)]',
    `heapsight.snapshot(${JSON.stringify(file)})`,
  ];
  writeFileSync(program, lines.join('\n'));
  execFileSync(python, [program], { env: { ...env, PYTHONPATH: adapter }, encoding: 'utf8' });
  const real = exportOf(file, 'heapsnapshot');
  const heap = await memlab(real);
  const made = find(heap, (node) => node.name === '__main__.Order' && node.type === 'object');
  assert.equal(made.length, 300);
  const cache = made[0].dominatorNode;
  assert.equal(cache.name, 'list');
  assert.ok(cache.retainedSize > 300 * 10_000);
  assert.deepEqual(pathTo(cache).slice(-1), ['CACHE']);
  const { byName } = classes(real);
  assert.equal(byName.get('__main__.Order').children_len, 300);
});

test('a list that is linked both ways, of which a reader that tries would see one link more each time', async () => {
  const program = path.join(folder, 'linked.py');
  const file = path.join(folder, 'linked.heapsight');
  const lines = [
    'import heapsight',
    'class Link:',
    '    def __init__(self): self.prev = self.next = None; self.payload = bytes(1000)',
    'class Queue:',
    '    def __init__(self, links):',
    '        self.tail, self.head = links[-1], links[0]',
    '        for one, other in zip(links, links[1:]): one.next, other.prev = other, one',
    'QUEUE = Queue([Link() for _ in range(20_000)])',
    `heapsight.snapshot(${JSON.stringify(file)})`,
  ];
  writeFileSync(program, lines.join('\n'));
  execFileSync(python, [program], { env: { ...env, PYTHONPATH: adapter }, encoding: 'utf8' });
  const linked = exportOf(file, 'heapsnapshot');
  const { byName } = classes(linked);
  assert.equal(byName.get('__main__.Link').children_len, 20_000);
  assert.ok(byName.get('__main__.Queue').retained_size > 20_000_000n);
  const [queue] = find(await memlab(linked), (node) => node.name === '__main__.Queue' && node.type === 'object');
  assert.equal(BigInt(queue.retainedSize), byName.get('__main__.Queue').retained_size);
  assert.deepEqual(pathTo(queue).slice(-1), ['QUEUE']);
});

test('a heap of a million objects', async () => {
  const program = path.join(folder, 'large.py');
  const file = path.join(folder, 'large.heapsight');
  const lines = ['import heapsight, synthetic_heap', 'SHOP = synthetic_heap.build(1_000_000)', `heapsight.snapshot(${JSON.stringify(file)})`];
  writeFileSync(program, lines.join('\n'));
  const places = [adapter, path.join(root, 'benchmarks', 'programs')].join(path.delimiter);
  execFileSync(python, [program], { env: { ...env, PYTHONPATH: places }, encoding: 'utf8' });
  const large = exportOf(file, 'heapsnapshot');
  const heap = await memlab(large);
  assert.ok(heap.nodes.length > 1_000_000);
  const shop = largest(find(heap, (node) => node.name === 'synthetic_heap.Shop'));
  assert.ok(shop.retainedSize > 50_000_000);
  assert.deepEqual(pathTo(shop).slice(-1), ['SHOP']);
  const { byName } = classes(large);
  assert.equal(byName.get('synthetic_heap.Shop').children_len, 1);
  assert.ok(byName.get('synthetic_heap.Shop').retained_size > 50_000_000n);
});
