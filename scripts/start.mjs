// `npm start`: everything from a fresh clone to VS Code with Heapsight and an example that leaks.
//
//     npm start                          VS Code in the browser, on 127.0.0.1
//     npm start -- --port 9000           on that port (default: 8420, or the next free one)
//     npm start -- --folder ~/project    with that folder open
//     npm start -- --vscode              your own VS Code (`code` on PATH) instead of the browser
import './lib/requirements.mjs';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { nodePackages, packageExtension } from './lib/extension.mjs';
import { examples, relative, root, vsix } from './lib/paths.mjs';
import { mainEnvironment } from './lib/python.mjs';
import { Complaint, run } from './lib/run.mjs';
import { program, step } from './lib/steps.mjs';
import { which } from './lib/system.mjs';
import { installWorkbench, workbench } from './lib/workbench_install.mjs';
import { freePort, installExtension, serve } from './lib/workbench_server.mjs';

const DEFAULT_PORT = 8420;

function readArguments() {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, folder: { type: 'string' }, vscode: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) throw new Complaint(`--port ${values.port}: not a port`);
  const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), values.folder ?? path.join(examples, 'leaky_shop'));
  if (!existsSync(folder)) throw new Complaint(`--folder ${folder}: no such folder`);
  return { ...values, port, folder };
}

async function buildExtension() {
  let python;
  await step('Python environment', async (say) => {
    python = await mainEnvironment({}, say);
    return `${relative(path.join(root, '.venv'))} with Python ${python.version}`;
  });
  await step('Packages for the build', nodePackages);
  await step('The extension', async (say) => {
    await packageExtension(python.executable, say);
    return relative(vsix);
  });
}

async function openInVSCode(folder) {
  const [code] = which('code');
  if (!code) {
    throw new Complaint("There is no `code` on the PATH. In VS Code, run the command \"Shell Command: Install 'code' command in PATH\" first.");
  }
  await buildExtension();
  await step('Installing the extension in VS Code', () => run(code, ['--install-extension', vsix, '--force'], { log: 'code-install.log' }));
  await run(code, [folder]);
  console.log(`\nVS Code opens ${folder}. Open a Python file, set a breakpoint, press F5.`);
}

async function serveWorkbench(folder, port) {
  await buildExtension();
  await step('The workbench (VS Code in the browser)', installWorkbench);
  const home = path.join(workbench, 'home');
  await step('The extension in the workbench', () => installExtension(home, vsix).then(() => undefined));
  const interruption = nextInterruption();
  let server;
  await step('Starting', async () => {
    server = await serve({ home, port: await freePort(port ?? DEFAULT_PORT) });
  });
  console.log(`\n  Heapsight is ready:  ${server.open(folder)}\n\n  Ctrl-C ends it.\n`);
  const end = await Promise.race([interruption, server.ended]);
  await server.stop();
  if (end !== interrupted) throw new Complaint(`The workbench ended by itself; its log: ${server.log}`);
  console.log('\nStopped.');
}

const interrupted = Symbol('interrupted');

/** Ctrl-C and its like, from now on: the server runs in a group of its own, so nobody else would end it. */
function nextInterruption() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(interrupted));
  });
}

await program(async () => {
  const { help, vscode, folder, port } = readArguments();
  if (help) return console.log('npm start -- [--port PORT] [--folder FOLDER] [--vscode]');
  return vscode ? openInVSCode(folder) : serveWorkbench(folder, port);
});
