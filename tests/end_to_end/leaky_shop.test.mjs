// A newcomer's first five minutes: the example's README, done by hand in the real workbench.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { examples } from '../../scripts/lib/paths.mjs';
import { lineWith, placeOf } from '../support/lines.mjs';
import { storyOf } from '../support/story.mjs';
import { Workbench } from '../support/workbench.mjs';

const example = path.join(examples, 'leaky_shop');
const shop = (text) => lineWith(path.join(example, 'shop.py'), text);
const receipts = (text) => lineWith(path.join(example, 'receipts.py'), text);

let bench;
before(async () => {
  bench = await Workbench.open({ example });
});
after(() => bench?.close());

test('the leak in the shop is found', async (t) => {
  const step = storyOf(t, (name, work) => bench.watched(name, work));

  await step('the example opens', async () => {
    await bench.start();
    await bench.openRunView();
  });

  await step('a breakpoint is set and F5 stops at it', async () => {
    await bench.setBreakpoint('shop.py', shop('cart = fill_cart(customer'));
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('serve', shop('cart = fill_cart(customer'));
  });

  await step('step over, into and out', async () => {
    await bench.page.keyboard.press('F10');
    await bench.stoppedAt('serve', shop('receipt = receipt_for(cart)'));
    await bench.page.keyboard.press('F11');
    await bench.stoppedAt('receipt_for', receipts('receipt = CACHE.get'));
    await bench.page.keyboard.press('Shift+F11');
    await bench.stoppedAt('serve', shop('    promise_reminder(cart)'));
    await bench.page.keyboard.press('F10');
    await bench.stoppedAt('serve', shop('has done its work here'));
  });

  await step('hovering a name tells value, size and references', async () => {
    await bench.hidePanel();
    const text = await bench.hover(['promise_reminder(cart)', 'cart'], /Ada/, ['def serve', 'def']);
    assert.match(text, /Cart\(customer='Ada'\)/);
    assert.match(text, /\d+ B · 3 refs/);
    await bench.picture('hover');
    await bench.pointerAway();
  });

  await step('the Object view shows what holds it, down to the leak', async () => {
    await bench.whatHolds(placeOf(path.join(example, 'shop.py'), 'cart = fill_cart(', 'cart'));
    await bench.objectRow(/local cart in serve/).waitFor();
    for (const row of [/^\.cart/, /\['Ada'\]/]) await bench.unfold(row);
    await bench.objectRow(/global CACHE in receipts/).waitFor();
    for (const row of [/closure cell cart of .*remind/, /^\[0\]/]) await bench.unfold(row);
    await bench.objectRow(/global LISTENERS in stockroom/).waitFor();
    await bench.picture('object-view');
  });

  await step('a line of the tree leads to its source', async () => {
    await bench.jumpToSource(/closure cell cart of .*remind/);
    await bench.cursorAt(shop('def remind'));
    await bench.jumpToSource(/global LISTENERS in stockroom/);
    await bench.page.locator('.tab.active', { hasText: 'stockroom.py' }).waitFor();
  });

  await step('the program goes on to its end', async () => {
    await bench.command('Remove All Breakpoints');
    await bench.page.keyboard.press('F5');
    await bench.debugEnded();
  });
});
