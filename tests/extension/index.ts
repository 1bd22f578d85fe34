import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Called by VS Code in its extension host. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const only = process.env['HEAPSIGHT_TEST_GREP'];
  // A hang guard, not a speed limit.
  const options: Mocha.MochaOptions = { ui: 'tdd', reporter: 'spec', color: false, timeout: 120_000 };
  const mocha = new Mocha(only === undefined ? options : { ...options, grep: only });
  for (const file of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.test.cjs')) {
      mocha.addFile(path.join(__dirname, file));
    }
  }
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
