// Runs the compiled tests of tests/extension with mocha inside VS Code's extension host, and prints what they say.
//
// VS Code runs `extensionTestsPath` in its extension host when the page's address asks for it, and tells the page through
// `codeAutomationLog` and `codeAutomationExit`, but only on a server that was started with the smoke test driver enabled.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { extension, root } from '../../scripts/lib/paths.mjs';
import { Workbench } from './workbench.mjs';

const suite = path.join(extension, 'out', 'host', 'index.cjs');

// More than the whole suite may take; what hangs must not hold up everything after it.
const PATIENCE_MS = 10 * 60_000;

let mochaSpeaks = false;

// The workbench logs through the same hole: before mocha's first line, which is empty, and later about accounts and galleries.
const fromWorkbench = /\/workbench\/workbench\.js|^\[(AccountPolicyGate|DefaultAccount)\]/;

function print(type, values) {
  const text = format(...values);
  mochaSpeaks ||= text.trim() === '' || type === 'error';
  if (process.env.HEAPSIGHT_VERBOSE || (mochaSpeaks && !fromWorkbench.test(text))) {
    process[type === 'error' ? 'stderr' : 'stdout'].write(`${text}\n`);
  }
}

async function runSuite(bench) {
  const { page, server, folder } = bench;
  const finished = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the tests in the extension host did not end')), PATIENCE_MS);
    page.exposeFunction('codeAutomationExit', (code) => {
      clearTimeout(late);
      resolve(code);
    });
    page.on('crash', () => reject(new Error('the browser page crashed')));
  });
  await page.exposeFunction('codeAutomationLog', print);
  const remote = (file) => `vscode-remote://${new URL(server.url).host}${file}`;
  await page.goto(
    server.open(folder, [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(suite)],
    ]),
    { timeout: 60_000 },
  );
  return finished;
}

// No installed extensions: the one under test comes from its own folder.
const extensions = mkdtempSync(path.join(os.tmpdir(), 'heapsight-no-extensions-'));
const bench = await Workbench.open({
  example: path.join(root, 'tests', 'extension', 'programs'),
  extensions,
  options: ['enable-smoke-test-driver'],
  env: { HEAPSIGHT_TESTS: '1' },
});
try {
  process.exitCode = await bench.watched('extension-host', () => runSuite(bench));
} finally {
  await bench.close();
  rmSync(extensions, { recursive: true, force: true });
}
