// What grows from stop to stop, and what keeps it: the Heap view and a snapshot, by hand in the real workbench.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { examples } from '../../scripts/lib/paths.mjs';
import { lineWith } from '../support/lines.mjs';
import { storyOf } from '../support/story.mjs';
import { Workbench } from '../support/workbench.mjs';

const example = path.join(examples, 'leaky_shop');
const served = lineWith(path.join(example, 'shop.py'), 'has done its work here');

const created = lineWith(path.join(example, 'shop.py'), 'cart = Cart(customer)');
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

  await step('instances are filtered by an expression, and a wrong one is explained', async () => {
    await bench.chooseForHeapRow(/^Cart/, 'Filter Instances…');
    await bench.answer('obj.customer ==');
    await bench.heapRow(/The filter is no expression/).waitFor();
    await bench.chooseForHeapRow(/^Cart/, 'Filter Instances…');
    await bench.answer("obj.customer == 'Ada'");
    await bench.heapRow(/1 of 2 where/).waitFor();
    await bench.heapRow(/Ada/).waitFor();
    assert.equal(await bench.heapRow(/Grace/).count(), 0);
  });

  await step('the program stops where the next cart is created', async () => {
    await bench.command('Remove All Breakpoints');
    await bench.chooseForHeapRow(/^Cart/, 'Break When a New Instance Is Created');
    await bench.heapRow(/^Cart.*stops at new ones/).waitFor();
    await bench.heapRow(/^cart\.Cart\s*stops at new ones/).waitFor();
    await bench.page.keyboard.press('F5');
    await bench.stoppedBecause('New Cart');
    await bench.stoppedAt('fill_cart', created);
    await bench.heapRow(/^Cart\s*3 · /).waitFor();
    await bench.chooseForHeapRow(/^cart\.Cart/, 'Stop Watching for New Instances');
    await bench.heapRow(/^Cart(?!.*stops at new ones)/).waitFor();
    await bench.heapRow('Watched Types').waitFor({ state: 'detached' });
  });

  await step('a snapshot is taken early in the day', async () => {
    await bench.command('Heapsight: Take Heap Snapshot');
    await bench.snapshot.getByRole('tab', { name: 'Summary' }).waitFor();
    await bench.command('View: Close Editor');
  });

  await step('allocations are traced from here on', async () => {
    await bench.command('Heapsight: Trace Allocations…');
    await bench.pick('The Line');
    await bench.page.locator('.statusbar-item', { hasText: 'Allocations are traced from now on, one frame each' }).waitFor();
  });

  await step('when the day is over, another one is taken', async () => {
    await bench.setBreakpoint('shop.py', closing);
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('main', closing);
    await bench.command('Heapsight: Take Heap Snapshot');
    await bench.snapshot.getByRole('tab', { name: 'Summary' }).waitFor({ timeout: 150_000 });
  });

  await step('it names the suspect, and the way to it', async () => {
    const suspect = bench.snapshot.locator('.suspect', { hasText: 'LISTENERS' }).first();
    await suspect.waitFor();
    assert.match(await suspect.locator('.path code').first().innerText(), /stockroom.*LISTENERS/);
    await bench.command('View: Toggle Primary Side Bar Visibility');
    await bench.command('View: Toggle Secondary Side Bar Visibility');
    await suspect.getByRole('button', { name: 'Show the object' }).click();
    await bench.snapshot.getByRole('grid', { name: 'Referrers' }).locator('td.wide').first().waitFor();
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

  await step('of one type, it shows where its objects were allocated', async () => {
    const { snapshot } = bench;
    await snapshot.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'Where they were allocated' });
    const sites = snapshot.getByRole('grid', { name: 'Where instances of cart.Cart were allocated' });
    await sites.getByRole('row', { name: new RegExp(`^shop\\.py:${created}\\b`) }).click();
    await snapshot.getByRole('grid', { name: /^Allocated at/ }).getByRole('row', { name: /cart\.Cart/ }).first().waitFor();
    await bench.page.keyboard.press('Escape');
    await snapshot.getByRole('complementary').waitFor({ state: 'hidden' });
  });

  await step('where objects were allocated leads to the source', async () => {
    const { snapshot } = bench;
    await snapshot.getByRole('combobox', { name: 'Group by' }).selectOption({ label: 'Allocation site' });
    await snapshot.getByRole('grid', { name: 'Types', exact: true }).getByRole('row', { name: `shop.py:${created}/` }).click();
    await snapshot.getByRole('grid', { name: /^Allocated at/ }).getByRole('row').nth(1).locator('.object').click();
    await snapshot.getByRole('button', { name: `shop.py:${created}` }).first().click();
    await bench.cursorAt(created);
    await bench.page.locator('.tab', { hasText: '.heapsight' }).click();
  });

  await step('a query finds the carts of one customer', async () => {
    await bench.snapshot.getByRole('tab', { name: 'Query' }).click();
    await bench.snapshot.getByRole('textbox', { name: 'Query' }).fill("type == 'cart.Cart' and path contains 'CACHE'");
    await bench.page.keyboard.press('Enter');
    await bench.snapshot.getByRole('grid', { name: 'Objects found' }).getByRole('row', { name: /cart\.Cart/ }).first().click();
    await bench.snapshot.locator('.details .path code', { hasText: "CACHE['" }).first().waitFor();
  });

  await step('a wrong query is explained', async () => {
    await bench.snapshot.getByRole('textbox', { name: 'Query' }).fill('type ==');
    await bench.page.keyboard.press('Enter');
    await bench.snapshot.getByText('This is no query').waitFor();
  });

  await step('what would be freed with what is a tree', async () => {
    await bench.snapshot.getByRole('tab', { name: 'Dominators' }).click();
    const tree = bench.snapshot.getByRole('treegrid', { name: 'Dominators' });
    await tree.locator('tr[aria-level="1"]').first().focus();
    await bench.page.keyboard.press('ArrowRight');
    await tree.locator('tr[aria-level="2"]').first().waitFor();
  });

  await step('values that are there twice lead to the objects', async () => {
    await bench.snapshot.getByRole('tab', { name: 'Duplicates' }).click();
    await bench.snapshot.getByRole('grid', { name: 'Duplicates' }).getByRole('row').nth(1).locator('code').click();
    await bench.snapshot.getByRole('grid', { name: /^Objects equal to/ }).getByRole('row').nth(2).waitFor();
    await bench.page.keyboard.press('Escape');
    await bench.snapshot.getByRole('complementary').waitFor({ state: 'hidden' });
  });

  await step('the other tabs have rows, or say why they have none', async () => {
    for (const [tab, label, none] of [
      ['Sparse', 'Sparse containers', 'No container is much larger'],
      ['Cycles', 'Cycles', 'No unreachable cycle'],
      ['Native', 'Held by native code', 'All references are accounted for'],
    ]) {
      await bench.snapshot.getByRole('tab', { name: tab }).click();
      const grid = bench.snapshot.getByRole('grid', { name: label });
      await grid.locator('td.wide').or(grid.getByText(none)).first().waitFor();
    }
  });

  await step('the two snapshots are compared', async () => {
    await bench.snapshot.getByRole('button', { name: 'Compare…' }).click();
    await bench.pick('.heapsight');
    const carts = bench.snapshot.getByRole('grid', { name: 'Changes' }).getByRole('row', { name: /cart\.Cart/ });
    await carts.waitFor();
    assert.match(await carts.innerText(), /^cart\.Cart\s+3\s+3,000\s+\+2,997\s/);
    await bench.picture('comparison');
  });

  await step('a row leads to its new objects, and they to the snapshot', async () => {
    await bench.snapshot.getByRole('row', { name: /cart\.Cart\s/ }).first().click();
    const found = bench.snapshot.getByRole('grid', { name: 'New objects of cart.Cart' });
    await found.getByRole('row').nth(1).locator('.object').click();
    await bench.snapshot.getByRole('complementary', { name: 'Details' }).locator('.subject', { hasText: 'cart.Cart' }).waitFor();
    await bench.page.locator('.tab', { hasText: '→' }).click();
    await bench.snapshot.getByRole('button', { name: 'Close the details' }).click();
  });

  await step('they are compared the other way round', async () => {
    await bench.snapshot.getByRole('button', { name: 'Swap' }).click();
    await bench.snapshot.getByRole('textbox', { name: 'Filter by name' }).fill('cart.');
    await bench.snapshot.getByRole('row', { name: /cart\.Cart\s.*−2,997/ }).waitFor();
  });

  await step('a snapshot is exported', async () => {
    await bench.command('View: Close Editor');
    await bench.snapshot.getByRole('button', { name: 'Export…' }).click();
    await bench.pick('CSV');
    await bench.page.locator('.quick-input-widget:visible .quick-input-box input').waitFor();
    await bench.page.locator('.quick-input-widget:visible').getByRole('button', { name: 'OK' }).click();
    await bench.page.locator('.notification-list-item', { hasText: 'Written:' }).waitFor();
    const folder = path.join(bench.folder, '.heapsight');
    const [csv] = readdirSync(folder).filter((name) => name.endsWith('.csv'));
    assert.match(readFileSync(path.join(folder, csv), 'utf8'), /cart\.Cart,3000,/);
  });

  for (const [label, format, seen] of [
    ['Heap snapshot of V8', 'Heap Snapshot', 'cart.Cart'],
    ['Heap profile', 'Heap Profile', 'shop.py:'],
  ]) {
    await step(`its export opens in VS Code's own viewer: ${format}`, async () => {
      await bench.page.locator('.tab', { hasText: '.heapsight' }).click();
      await bench.snapshot.getByRole('button', { name: 'Export…' }).click();
      await bench.pick(label);
      await bench.page.locator('.quick-input-widget:visible .quick-input-box input').waitFor();
      await bench.page.locator('.quick-input-widget:visible').getByRole('button', { name: 'OK' }).click();
      const suffix = format === 'Heap Profile' ? '.heapprofile' : '.heapsnapshot';
      const written = bench.page.locator('.notification-list-item', { hasText: suffix });
      await written.getByRole('button', { name: 'Open' }).click();
      await bench.page.locator('.tab.active', { hasText: suffix }).waitFor();
      await bench.snapshot.getByText(seen).first().waitFor();
    });
  }
});
