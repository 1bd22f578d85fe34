// What grows from stop to stop, and what keeps it: the Heap view and a snapshot, by hand in the real workbench.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { examples } from '../../scripts/lib/paths.mjs';
import { lineWith } from '../support/lines.mjs';
import { storyOf } from '../support/story.mjs';
import { Workbench } from '../support/workbench.mjs';

const example = path.join(examples, 'leaky_shop');
const served = lineWith(path.join(example, 'shop.py'), 'has done its work here');

const closing = lineWith(path.join(example, 'shop.py'), 'Carts still in memory');

let bench;
before(async () => {
  bench = await Workbench.open({ example });
  // A busy day: among all that Python itself needs, three carts are nothing.
  const shop = path.join(bench.folder, 'shop.py');
  writeFileSync(shop, readFileSync(shop, 'utf8').replace(/^\]$/m, '] * 1000'));
});
after(() => bench?.close());

test('the carts are seen to grow, and the snapshot names who keeps them', async (t) => {
  const step = storyOf(t, (name, work) => bench.watched(name, work));

  await step('the program stops at a breakpoint', async () => {
    await bench.start();
    await bench.openRunView();
    await bench.setBreakpoint('shop.py', served);
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('serve', served);
    await bench.hidePanel();
  });

  await step('the Heap view is asked for once', async () => {
    await bench.command('Heapsight: Show the Heap at Each Stop');
    await bench.heapRows.first().waitFor();
  });

  await step('types are filtered by text', async () => {
    await bench.command('Heapsight: Filter Types…');
    await bench.answer('cart.');
    await bench.heapRow(/^Cart/).waitFor();
    assert.match(await bench.heapRow(/^Cart/).innerText(), /^Cart\s*1 · /);
  });

  await step('at the next stop it tells what has grown', async () => {
    await bench.page.keyboard.press('F5');
    await bench.heapRow(/^Cart\s*2 · .* · \+1 · \+/).waitFor();
    await bench.heapRow(/^Item\s*4 · .* · \+2 · \+/).waitFor();
  });

  await step('a type has its instances, and one is inspected', async () => {
    await bench.unfoldHeapRow(/^Cart/);
    await bench.heapRow(/Grace/).waitFor();
    await bench.heapRow(/Ada/).click();
    await bench.objectRow(/^Cart.*Ada/).waitFor();
    await bench.objectRow(/\.cart/).waitFor();
    await bench.picture('heap-view');
  });

  await step('when the day is over, a snapshot is taken', async () => {
    await bench.command('Remove All Breakpoints');
    await bench.setBreakpoint('shop.py', closing);
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('main', closing);
    await bench.command('Heapsight: Take Heap Snapshot');
    await bench.snapshot.getByRole('tab', { name: 'Summary' }).waitFor({ timeout: 60_000 });
  });

  await step('it names the suspect, and the way to it', async () => {
    const suspect = bench.snapshot.locator('.suspect', { hasText: 'LISTENERS' }).first();
    await suspect.waitFor({ timeout: 60_000 });
    assert.match(await suspect.locator('.path code').first().innerText(), /stockroom.*LISTENERS/);
    await bench.command('View: Toggle Primary Side Bar Visibility');
    await bench.command('View: Toggle Secondary Side Bar Visibility');
    await suspect.getByRole('button', { name: 'Show the object' }).click();
    await bench.snapshot.locator('.details .path').first().waitFor();
    await bench.picture('snapshot');
  });

  await step('the keyboard leads through its types', async () => {
    await bench.snapshot.getByRole('tab', { name: 'Summary' }).focus();
    await bench.page.keyboard.press('ArrowRight');
    const types = bench.snapshot.getByRole('grid', { name: 'Types', exact: true });
    await types.getByRole('row', { name: /cart\.Cart/ }).first().focus();
    await bench.page.keyboard.press('Enter');
    await bench.snapshot.getByRole('grid', { name: 'Instances of cart.Cart' }).getByRole('row').nth(1).waitFor();
    await bench.page.keyboard.press('ArrowDown');
  });

  await step('a query finds the carts of one customer', async () => {
    await bench.snapshot.getByRole('tab', { name: 'Query' }).click();
    await bench.snapshot.getByRole('textbox', { name: 'Query' }).fill("type == 'cart.Cart' and path contains 'CACHE'");
    await bench.page.keyboard.press('Enter');
    await bench.snapshot.getByRole('grid', { name: 'Objects found' }).getByRole('row', { name: /cart\.Cart/ }).first().click();
    await bench.snapshot.locator('.details .path code', { hasText: "CACHE['" }).first().waitFor();
  });

  await step('what would be freed with what is a tree', async () => {
    await bench.snapshot.getByRole('tab', { name: 'Dominators' }).click();
    const tree = bench.snapshot.getByRole('treegrid', { name: 'Dominators' });
    await tree.locator('tr[aria-level="1"]').first().focus();
    await bench.page.keyboard.press('ArrowRight');
    await tree.locator('tr[aria-level="2"]').first().waitFor();
  });
});
