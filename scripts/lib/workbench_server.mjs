// The workbench as a running server, on loopback only.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { logs, venv } from './paths.mjs';
import { binOf } from './python.mjs';
import { run } from './run.mjs';
import { unlessFresh } from './stamps.mjs';
import { serverScript, workbenchNode } from './workbench_install.mjs';

const HOST = '127.0.0.1';

/** What makes VS Code quiet and offline; a person's own changes to the file stay. */
export const calmSettings = {
  'workbench.startupEditor': 'readme',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'remote.autoForwardPorts': false,
};

/** Whether someone could listen on that port now. */
const isFree = (port) =>
  new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });

/** `wanted`, or the first free port of the fifty after it. */
export async function freePort(wanted) {
  for (let port = wanted; port < wanted + 50; port++) if (await isFree(port)) return port;
  throw new Error(`No free port from ${wanted} to ${wanted + 49}.`);
}

// Inside a VS Code terminal its variables would make our server talk to that one.
const environment = () => {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|PASSWORD$)/.test(name));
  return { ...Object.fromEntries(kept), PATH: `${binOf(venv)}${path.delimiter}${process.env.PATH}`, VIRTUAL_ENV: venv };
};

function argumentsFor(home, extensions = path.join(home, 'extensions')) {
  return [
    serverScript,
    '--auth=none',
    `--user-data-dir=${path.join(home, 'user-data')}`,
    `--extensions-dir=${extensions}`,
    `--config=${path.join(home, 'config.yaml')}`,
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
  ];
}

/** Install a .vsix into the workbench whose state is under `home`, unless that very file is installed. */
export function installExtension(home, vsix) {
  return unlessFresh(path.join(home, 'extension-stamp'), { paths: [vsix], words: [vsix] }, async () => {
    mkdirSync(home, { recursive: true });
    await run(workbenchNode(), [...argumentsFor(home), '--force', `--install-extension=${vsix}`], {
      env: environment(),
      log: 'install-extension.log',
    });
  });
}

async function answers(url, child) {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(`${url}/healthz`).catch(() => undefined);
    if (response?.ok) return true;
    await delay(50);
  }
  return false;
}

function stopper(child, socketFolder, windows = process.platform === 'win32') {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const signal = (name) => {
    try {
      // The whole group: the server's own child processes must not outlive it.
      if (windows) child.kill(name);
      else process.kill(-child.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  return async () => {
    if (child.exitCode === null && child.signalCode === null) {
      signal('SIGTERM');
      const late = setTimeout(() => signal('SIGKILL'), 5000);
      await ended;
      clearTimeout(late);
    }
    signal('SIGKILL');
    rmSync(socketFolder, { recursive: true, force: true });
  };
}

/**
 * Serve the workbench. Resolves when it answers, to {url, open(folder), stop(), ended}.
 * `home`: folder of this server's settings and, unless `extensions` names another one, its extensions. `settings` are written
 * where there are none yet. `options`: switches for VS Code's server itself. `env`: more variables for it and what it runs.
 */
export async function serve({ home, port, extensions, settings = calmSettings, options = [], env = {} }) {
  const user = path.join(home, 'user-data', 'User');
  mkdirSync(user, { recursive: true });
  mkdirSync(logs, { recursive: true });
  const file = path.join(user, 'settings.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(settings, null, 2));
  // A socket's path has to be short; a clone's may not be.
  const socketFolder = mkdtempSync(path.join(os.tmpdir(), 'heapsight-'));
  const log = path.join(logs, `workbench-${path.basename(home)}.log`);
  const output = openSync(log, 'w');
  const child = spawn(
    workbenchNode(),
    [
      ...argumentsFor(home, extensions),
      `--bind-addr=${HOST}:${port}`,
      `--session-socket=${path.join(socketFolder, 'session')}`,
      ...options.flatMap((option) => ['--vscode-option', option]),
    ],
    { env: { ...environment(), ...env }, stdio: ['ignore', output, output], detached: process.platform !== 'win32' },
  );
  closeSync(output);
  const url = `http://${HOST}:${port}`;
  const stop = stopper(child, socketFolder);
  if (!(await answers(url, child))) {
    await stop();
    throw new Error(`The workbench did not start:\n${readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n')}`);
  }
  return {
    url,
    log,
    stop,
    ended: new Promise((resolve) => child.once('exit', resolve)),
    /** The address that opens a folder; `payload`: pairs for VS Code's start-up, like ['openFile', …]. */
    open: (folder, payload = []) => {
      const query = new URLSearchParams({ folder: pathToFileURL(folder).pathname });
      if (payload.length) query.set('payload', JSON.stringify(payload));
      return `${url}/?${query.toString().replaceAll('%2F', '/')}`;
    },
  };
}
