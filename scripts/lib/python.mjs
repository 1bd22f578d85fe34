// Python interpreters and virtual environments.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build, root, venv } from './paths.mjs';
import { run } from './run.mjs';
import { isFresh, unlessFresh } from './stamps.mjs';
import { aptInstall, which } from './system.mjs';

const oldest = 11; // 3.11: the first with positions for every instruction
const newest = 15;

/** The interpreter inside a virtual environment. */
export const pythonOf = (folder) =>
  process.platform === 'win32' ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');

/** The folder with the commands of a virtual environment. */
export const binOf = (folder) => path.dirname(pythonOf(folder));

const question = 'import sys, json; print(json.dumps([sys.implementation.name, *sys.version_info[:3], sys.executable]))';

/** {minor, version, executable} of a CPython 3, else undefined (also for a pyenv shim without a version behind it). */
async function ask(command) {
  const { code, output } = await run(command, ['-c', question], { check: false }).catch(() => ({ code: 1, output: '' }));
  if (code !== 0) return undefined;
  const [implementation, major, minor, micro, executable] = JSON.parse(output.trim().split('\n').at(-1));
  if (implementation !== 'cpython' || major !== 3) return undefined;
  return { minor, version: `${major}.${minor}.${micro}`, executable };
}

function* pyenvPythons() {
  const versions = path.join(process.env.PYENV_ROOT ?? path.join(os.homedir(), '.pyenv'), 'versions');
  if (!existsSync(versions)) return;
  for (const name of readdirSync(versions).sort().reverse()) {
    const python = path.join(versions, name, 'bin', 'python');
    if (existsSync(python)) yield python;
  }
}

/** Every CPython ≥ 3.11 on PATH and in pyenv, one per minor version, oldest first. */
export async function interpreters() {
  const candidates = [...which('python3'), ...which('python')];
  for (let minor = oldest; minor <= newest; minor++) candidates.push(...which(`python3.${minor}`));
  candidates.push(...pyenvPythons());
  const found = new Map();
  for (const candidate of new Set(candidates)) {
    if (path.dirname(candidate) === binOf(venv)) continue;
    const python = await ask(candidate);
    if (python && python.minor >= oldest && !found.has(python.minor)) found.set(python.minor, python);
  }
  return [...found.values()].sort((a, b) => a.minor - b.minor);
}

/** The interpreter for .venv: plain `python3` where it is new enough, else the oldest that is. */
async function preferred() {
  for (const command of ['python3', 'python']) {
    for (const place of which(command)) {
      const python = path.dirname(place) === binOf(venv) ? undefined : await ask(place);
      if (python && python.minor >= oldest) return python;
    }
  }
  const [python] = await interpreters();
  if (python) return python;
  await aptInstall(['python3', 'python3-venv'], 'Python 3.11 or newer', 'Get it from https://www.python.org/downloads/.');
  const installed = await ask('python3');
  if (installed && installed.minor >= oldest) return installed;
  throw new Error('Python 3.11 or newer is needed, and the system\'s package manager has none.');
}

async function createVenv(python, folder) {
  rmSync(folder, { recursive: true, force: true });
  const create = (check) => run(python.executable, ['-m', 'venv', folder], { log: 'venv.log', check });
  if ((await create(false)).code === 0) return;
  // Debian keeps ensurepip in a package of its own.
  const packages = [`python3.${python.minor}-venv`];
  await aptInstall(packages, `Python's venv module`, 'Install the full Python, with venv and pip.');
  await create(true);
}

// The editable install builds the extension module from native/.
const inputs = (python, groups) => ({
  paths: [path.join(root, 'pyproject.toml'), path.join(root, 'native')],
  words: [python.version, ...groups],
});

/**
 * A virtual environment in `folder` with the package (editable) and dependency groups of pyproject.toml.
 * Returns its interpreter. `say` is told what goes on.
 */
async function environment(python, folder, groups, say) {
  const stamp = path.join(folder, '.heapsight-stamp');
  const executable = pythonOf(folder);
  await unlessFresh(stamp, inputs(python, groups), async () => {
    if (!existsSync(executable) || (await ask(executable))?.version !== python.version) {
      say(`creating it with Python ${python.version}`);
      await createVenv(python, folder);
    }
    const log = `pip-${path.basename(folder)}.log`;
    const pip = (...args) => run(executable, ['-m', 'pip', '--disable-pip-version-check', 'install', '-q', ...args], { log });
    say('installing packages');
    await pip('--upgrade', 'pip>=25.1'); // the first that knows dependency groups
    await pip('-e', root, ...groups.flatMap((group) => ['--group', group]));
  });
  return executable;
}

const forPrograms = ['programs'];
const forEverything = ['programs', 'dev', 'lint'];

/** .venv, for people and for everything that needs one interpreter; `tools`: with those of the tests and of the style checks. */
export async function mainEnvironment({ tools = false } = {}, say = () => {}) {
  const python = await preferred();
  // An environment with everything serves everyone; without this `npm start` after `npm test` would install again.
  const complete = isFresh(path.join(venv, '.heapsight-stamp'), inputs(python, forEverything));
  const groups = tools || complete ? forEverything : forPrograms;
  return { ...python, executable: await environment(python, venv, groups, say) };
}

/** The environment the tests run in with that interpreter. */
export async function testEnvironment(python, say = () => {}) {
  return environment(python, path.join(build, `python-3.${python.minor}`), ['dev', 'programs'], say);
}
