// The Python side inside the extension: bundled/heapsight (ours) and bundled/libs (what the language server imports).
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapter, build, bundled, root } from './paths.mjs';
import { run } from './run.mjs';
import { unlessFresh } from './stamps.mjs';

const requirements = path.join(root, 'scripts', 'bundled-requirements.txt');
const here = fileURLToPath(import.meta.url);
const source = path.join(adapter, 'heapsight');

export const bundleInputs = { paths: [source, requirements, here], words: [] };

// One .vsix serves every platform and every Python from 3.11 on, so nothing compiled may get in.
const portable = ['--platform=any', '--implementation=py', '--abi=none', '--python-version=3.11', '--only-binary=:all:'];

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(file);
    else yield file;
  }
}

async function fetchLibraries(python) {
  const libs = path.join(bundled, 'libs');
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '-q', '--no-compile', '--no-deps'];
  await run(python, [...pip, ...portable, '--target', libs, '-r', requirements], { log: 'bundle-libs.log' });
  rmSync(path.join(libs, 'bin'), { recursive: true, force: true });
  const compiled = [...filesUnder(libs)].filter((file) => /\.(so|pyd|dylib)$/.test(file));
  if (compiled.length) throw new Error(`Compiled files in the bundle: ${compiled.join(', ')}`);
}

/** Make vscode-extension/bundled. `python`: any interpreter with pip. True when something was done. */
export async function bundlePython(python) {
  const stamps = path.join(build, 'bundle-stamps');
  // The stamps lie outside of what is packaged, so they must not outlive it.
  if (!existsSync(path.join(bundled, 'libs'))) rmSync(path.join(stamps, 'libs'), { force: true });
  if (!existsSync(path.join(bundled, 'heapsight'))) rmSync(path.join(stamps, 'heapsight'), { force: true });
  const libs = await unlessFresh(path.join(stamps, 'libs'), { paths: [requirements, here] }, async () => {
    rmSync(path.join(bundled, 'libs'), { recursive: true, force: true });
    await fetchLibraries(python);
  });
  const ours = await unlessFresh(path.join(stamps, 'heapsight'), { paths: [source, here] }, async () => {
    const target = path.join(bundled, 'heapsight');
    rmSync(target, { recursive: true, force: true });
    cpSync(source, target, { recursive: true, filter: (file) => !/__pycache__|\.pyc$/.test(file) });
    if (!existsSync(path.join(target, '__main__.py'))) throw new Error('adapter/heapsight has no __main__.py');
  });
  return libs || ours;
}
