// A real Flask application while it serves a request: the order that the request leaves behind is found.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { examples } from '../../scripts/lib/paths.mjs';
import { freePort } from '../../scripts/lib/workbench_server.mjs';
import { lineWith, placeOf } from '../support/lines.mjs';
import { storyOf } from '../support/story.mjs';
import { Workbench } from '../support/workbench.mjs';

const example = path.join(examples, 'flask_leak');
const line = (text) => lineWith(path.join(example, 'app.py'), text);

let bench;
let port;
before(async () => {
  port = await freePort(5600);
  bench = await Workbench.open({ example, env: { FLASK_RUN_PORT: String(port) } });
});
after(() => bench?.close());

test('the leak in the Flask application is found while it serves a request', async (t) => {
  const step = storyOf(t, (name, work) => bench.watched(`flask-${name}`, work));
  const order = async (product) => {
    const answer = await fetch(`http://127.0.0.1:${port}/order/${product}`);
    return answer.json();
  };
  let answered;

  await step('the application starts under the debugger', async () => {
    await bench.start();
    await bench.openRunView();
    await bench.setBreakpoint('app.py', line("each request's order should end here"));
    await bench.page.keyboard.press('F5');
    await bench.output('Running on');
  });

  await step('a request stops at the breakpoint', async () => {
    answered = order('tea');
    // A failure is reported by the step that waits for the answer.
    answered.catch(() => {});
    await bench.stoppedAt('place_order', line("each request's order should end here"));
  });

  await step('the order is held by a closure in a module-level list', async () => {
    await bench.whatHolds(placeOf(path.join(example, 'app.py'), 'order = Order(', 'order'));
    for (const row of [/closure cell order of .*confirm/, /^\[0\]/]) await bench.unfold(row);
    await bench.objectRow(/global after_response in app/).waitFor();
    await bench.picture('flask');
  });

  await step('the request is answered when the program goes on', async () => {
    await bench.page.keyboard.press('F5');
    assert.deepEqual(await answered, { order: 1, product: 'tea' });
  });

  await step('the next order is the list\'s second', async () => {
    answered = order('bread');
    answered.catch(() => {});
    await bench.stoppedAt('place_order', line("each request's order should end here"));
    await bench.inspect('after_response[1].__closure__[0].cell_contents');
    await bench.objectRow(/closure cell order of .*confirm/).waitFor();
    await bench.unfold(/closure cell order of .*confirm/);
    await bench.objectRow(/^\[1\]/).waitFor();
    await bench.page.keyboard.press('F5');
    assert.equal((await answered).order, 2);
  });

  await step('stopping ends the application', async () => {
    await bench.page.keyboard.press('Shift+F5');
    await bench.debugEnded();
    await assert.rejects(order('tea'));
  });
});
