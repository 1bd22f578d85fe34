// Bundles the extension; with --unit-tests or --host-tests, the tests instead.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const flags = new Set(process.argv.slice(2));

function testFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name));
}

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  absWorkingDir: here,
};

const extension = {
  ...common,
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  format: 'cjs',
  external: ['vscode'],
  minify: flags.has('--production'),
};

// The pages in webviews: for the browser in VS Code, without node and without the editor.
const pages = {
  ...common,
  entryPoints: ['src/webview/snapshot.ts', 'src/webview/comparison.ts', 'src/webview/heap.css'],
  outdir: 'dist/webview',
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: flags.has('--production'),
};

// No external `vscode` here: what a unit test reaches must do without it.
const unitTests = {
  ...common,
  entryPoints: testFiles(path.join(here, 'test')),
  outdir: 'out/unit',
  outbase: 'test',
  outExtension: { '.js': '.mjs' },
  format: 'esm',
};

// Loaded by VS Code's extension host, which calls `run`; mocha is resolved from the repository.
const hostTests = {
  ...common,
  entryPoints: [path.join(here, '../tests/extension/index.ts'), ...testFiles(path.join(here, '../tests/extension'))],
  outdir: 'out/host',
  outbase: '../tests/extension',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  external: ['vscode', 'mocha'],
};

function freshly(options) {
  rmSync(path.join(here, options.outdir), { recursive: true, force: true });
  return esbuild.build(options);
}

if (flags.has('--unit-tests')) {
  await freshly(unitTests);
} else if (flags.has('--host-tests')) {
  await freshly(hostTests);
} else if (flags.has('--watch')) {
  await Promise.all([extension, pages].map(async (part) => (await esbuild.context(part)).watch()));
} else {
  await Promise.all([extension, pages].map((part) => esbuild.build(part)));
}
