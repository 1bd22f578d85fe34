// The parts of `npm test`. Each prepares what it needs itself, so that any of them can be run alone.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { bundlePython } from './bundle.mjs';
import { findChromium } from './chromium.mjs';
import { count } from './counts.mjs';
import { nodePackages, packageExtension } from './extension.mjs';
import { nodeTests, stories } from './node_tests.mjs';
import { root, vsix } from './paths.mjs';
import { pytest } from './pytest.mjs';
import { interpreters, mainEnvironment, testEnvironment } from './python.mjs';
import { npm, run } from './run.mjs';
import { sideBySide } from './side_by_side.mjs';
import { step } from './steps.mjs';
import { installWorkbench, workbench } from './workbench_install.mjs';
import { installExtension } from './workbench_server.mjs';

async function python() {
  let found;
  await step('Python environment', async (say) => {
    found = await mainEnvironment({ tools: true }, say);
  });
  return found;
}

const packages = () => step('Packages for the build', nodePackages);

/** Everything a test in the real workbench needs. Returns its interpreter and the environment variables that tell where things are. */
async function realWorkbench() {
  const { executable } = await python();
  await packages();
  await step('The workbench', installWorkbench);
  let chromium;
  await step('Chromium', async () => {
    chromium = await findChromium();
  });
  return { executable, env: { ...process.env, HEAPSIGHT_CHROMIUM: chromium, HEAPSIGHT_PYTHON: executable } };
}

/** A check without tests of its own counts as one: it passed or failed. */
async function check(command) {
  const { code } = await command;
  console.log(code === 0 ? '  ok' : '');
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

const shown = { show: true, check: false };

const testFiles = (folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.test.mjs'))
    .sort()
    .map((name) => path.join(folder, name));

// The Python tests in two halves that take about as long: three interpreters on two processors would leave one idle.
const within = ['tests/engine', 'tests/memory', 'tests/leaks'];
const halves = [
  ['engine and memory', within],
  ['the rest', within.map((folder) => `--ignore=${folder}`)],
];

export const parts = new Map([
  [
    'lint',
    {
      title: 'Style and types',
      async run(result) {
        const { executable } = await python();
        await packages();
        const tool = (title, ...args) => {
          console.log(title);
          return result(title, () => check(run(executable, ['-m', ...args], shown)));
        };
        await tool('ruff', 'ruff', 'check', '.');
        await tool('ruff format', 'ruff', 'format', '--check', '.');
        await tool('mypy', 'mypy');
        const script = (title, ...args) => {
          console.log(title);
          return result(title, () => check(npm(args, shown)));
        };
        await script('eslint, extension', 'run', '--silent', 'lint', '-w', 'vscode-extension');
        await script('eslint, scripts', 'exec', '--', 'eslint', 'scripts', 'tests');
        await script('tsc', 'run', '--silent', 'typecheck', '-w', 'vscode-extension');
      },
    },
  ],
  [
    'python',
    {
      title: 'Python',
      async run(result) {
        const main = await python();
        const jobs = [];
        for (const found of await interpreters()) {
          let { executable, version } = main;
          if (found.minor !== main.minor) {
            version = found.version;
            await step(`Environment for Python ${version}`, async (say) => {
              executable = await testEnvironment(found, say);
            });
          }
          // The environment was made here, so with the extension module wherever there is a compiler.
          const env = { ...process.env, HEAPSIGHT_EXPECT_NATIVE: '1' };
          for (const [name, args] of halves) {
            const title = `${version}, ${name}`;
            jobs.push({ title, run: (show) => pytest(executable, title, args, { show, env }) });
          }
        }
        await sideBySide(jobs, ({ title }, { complaint, ...counts }, seconds) => {
          if (complaint) console.log(`${title}: ${complaint}`);
          return result(title, () => counts, seconds);
        });
      },
    },
  ],
  [
    'typescript',
    {
      title: 'The extension and the scripts, units',
      async run(result) {
        await packages();
        await result('scripts', () => nodeTests(testFiles('tests/scripts')));
        await result('extension', async () => count('node', await npm(['test', '--silent', '-w', 'vscode-extension'], shown)));
      },
    },
  ],
  [
    'adapter',
    {
      title: "The debug adapter, through VS Code's test client",
      async run(result) {
        const { executable } = await python();
        await packages();
        await result('protocol', () => nodeTests(testFiles('tests/adapter'), { ...process.env, HEAPSIGHT_PYTHON: executable }));
      },
    },
  ],
  [
    'exports',
    {
      title: "Snapshots, in other tools' readers",
      async run(result) {
        const { executable } = await python();
        await packages();
        await result('exports', () => nodeTests(testFiles('tests/exports'), { ...process.env, HEAPSIGHT_PYTHON: executable }));
      },
    },
  ],
  [
    'extension',
    {
      title: "The extension, inside VS Code's extension host",
      async run(result) {
        const { executable, env } = await realWorkbench();
        await step('The extension, for development', async () => {
          await bundlePython(executable);
          await npm(['run', '--silent', 'build', '-w', 'vscode-extension'], { log: 'extension-build.log' });
          await npm(['run', '--silent', 'build:host-tests', '-w', 'vscode-extension'], { log: 'extension-host-tests.log' });
        });
        const runner = path.join(root, 'tests', 'support', 'run_in_extension_host.mjs');
        await result('mocha', async () => count('mocha', await run(process.execPath, [runner], { ...shown, env })));
      },
    },
  ],
  [
    'end-to-end',
    {
      title: 'The whole, in the real workbench',
      async run(result) {
        const { executable, env } = await realWorkbench();
        await step('The extension', (say) => packageExtension(executable, say));
        await step('The extension in the workbench', () => installExtension(path.join(workbench, 'test-home'), vsix));
        await result('workbench', () => stories(testFiles('tests/end_to_end'), env));
      },
    },
  ],
]);
