// The extension, from sources to a .vsix.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleInputs, bundlePython } from './bundle.mjs';
import { build, extension, root, vsix } from './paths.mjs';
import { npm } from './run.mjs';
import { isFresh, unlessFresh } from './stamps.mjs';

const lockInputs = {
  paths: ['package.json', 'package-lock.json', '.npmrc', 'vscode-extension/package.json'].map((file) => path.join(root, file)),
  words: [process.platform, process.arch, process.version],
};

/** The npm packages of package-lock.json, for building and testing. */
export function nodePackages() {
  return unlessFresh(path.join(root, 'node_modules', '.heapsight-stamp'), lockInputs, () =>
    npm(['ci', '--no-progress'], { log: 'npm-ci.log' }),
  );
}

const sources = { paths: [extension, path.join(root, 'package-lock.json'), path.join(root, 'LICENSE')] };

/** TypeScript to JavaScript, with the extension's own build script. */
export const compileExtension = (script = 'build') => npm(['run', '--silent', script, '-w', 'vscode-extension'], { log: `extension-${script}.log` });

/** The packaged extension, made again when a source of it changed. `python`: any interpreter with pip. */
export async function packageExtension(python, say = () => {}) {
  const stamp = path.join(build, 'vsix-stamp');
  const inputs = { paths: [...sources.paths, ...bundleInputs.paths], words: bundleInputs.words };
  if (existsSync(vsix) && isFresh(stamp, inputs)) return false;
  return unlessFresh(stamp, { ...inputs }, async () => {
    say('the Python side');
    await bundlePython(python);
    say('the .vsix');
    await npm(['exec', '--workspace=vscode-extension', '--', 'vsce', 'package', '--no-dependencies', '--allow-missing-repository', '--out', vsix], { log: 'vsce.log' });
  });
}

/** Version in the extension's package.json. */
export const extensionVersion = () => JSON.parse(readFileSync(path.join(extension, 'package.json'), 'utf8')).version;
