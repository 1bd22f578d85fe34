// VS Code in the browser, installed from npm without compiling anything.
//
// code-server's own install step fetches everything VS Code may ever use and compiles nine native modules, for which a
// fresh machine lacks the compiler and libkrb5's headers. What a debugger's workbench needs of them is little: the
// terminal and the file watcher come compiled in their packages, logging and the watchdog have plain stand-ins beside
// this file, and the rest (Kerberos, ssh, copilot, dev containers) is not installed. docs/development.md tells more.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './paths.mjs';
import { npm } from './run.mjs';
import { unlessFresh } from './stamps.mjs';

const here = fileURLToPath(import.meta.url);
const recipe = path.resolve(path.dirname(here), '..', 'workbench');

export const workbench = path.join(build, 'workbench');
const modules = path.join(workbench, 'node_modules');
const vscode = path.join(modules, 'code-server', 'lib', 'vscode');
export const serverScript = path.join(modules, 'code-server', 'out', 'node', 'entry.js');

/** Modules of VS Code that nothing here uses; those with native code would have to be compiled. */
const unusedModules = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];

/** Built-in extensions that nothing here uses, or that need one of the modules above. */
const unusedExtensions = [
  'copilot',
  'debug-auto-launch',
  'github',
  'github-authentication',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'tunnel-forwarding',
  'typescript-language-features',
];

/** The Node.js the workbench runs on: code-server asks for 24, whatever runs the scripts. */
export function workbenchNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = path.join(modules, `node-${platform}-${process.arch}`, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  if (process.versions.node.startsWith('24.')) return process.execPath;
  throw new Error(
    `The workbench needs Node.js 24, and npm has none for ${process.platform}-${process.arch}. ` +
      'Run `npm start` with Node.js 24 (https://nodejs.org), or use your own VS Code: `npm start -- --vscode`.',
  );
}

function dropUnusedModules() {
  const file = path.join(vscode, 'package.json');
  const description = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of unusedModules) delete description.dependencies[name];
  delete description.overrides['kerberos@2.1.1']; // npm refuses to override what is not there
  delete description.overrides.koffi;
  writeFileSync(file, JSON.stringify(description, null, 2));
}

/** Compiled for other systems, or only for compiling. */
function dropForeignBinaries() {
  const native = `${process.platform}-${process.arch}`;
  for (const folder of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    const where = path.join(vscode, 'node_modules', folder);
    for (const name of readdirSync(where)) if (name !== native) rmSync(path.join(where, name), { recursive: true });
  }
  for (const folder of readdirSync(modules).filter((name) => name.startsWith('node-linux-') || name.startsWith('node-win-'))) {
    for (const unused of ['include', 'share']) rmSync(path.join(modules, folder, unused), { recursive: true, force: true });
  }
}

function putStandIns() {
  const replace = (name, file) => copyFileSync(path.join(recipe, file), path.join(vscode, 'node_modules', name, 'index.js'));
  replace('@vscode/spdlog', 'stand_in_spdlog.cjs');
  replace('@vscode/native-watchdog', 'stand_in_watchdog.cjs');
}

async function install(say) {
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(workbench, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) cpSync(path.join(recipe, name), path.join(workbench, name));
  say('VS Code for the browser, Node.js 24');
  await npm(['ci', '--no-progress'], { cwd: workbench, log: 'workbench-npm.log' });
  for (const name of unusedExtensions) rmSync(path.join(vscode, 'extensions', name), { recursive: true, force: true });
  say('its modules');
  dropUnusedModules();
  // The package's own npm-shrinkwrap.json pins what is left.
  await npm(['install', '--omit=dev', '--no-progress', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: vscode,
    log: 'workbench-modules.log',
  });
  dropForeignBinaries();
  putStandIns();
}

/** Install the workbench under .build/workbench, if that was not done from this very recipe. True when it was done now. */
export function installWorkbench(say = () => {}) {
  const inputs = { paths: [recipe, here], words: [process.platform, process.arch] };
  return unlessFresh(path.join(workbench, 'stamp'), inputs, () => install(say));
}
