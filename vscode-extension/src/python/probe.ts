import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

import type { Version } from '../common/interpreters';
import type { Probe } from './choose';

const run = promisify(execFile);
const question = "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3])";
const answer = /^(?<name>\w+) (?<major>\d+)\.(?<minor>\d+)\.(?<micro>\d+)\s*$/;
const timeout = 20_000;

/** Runs interpreters to ask their version; each file once as long as it does not change. */
export class Prober {
  private readonly known = new Map<string, Promise<Probe>>();

  /** `path`: a file, or a command to be found on the PATH. */
  async probe(path: string): Promise<Probe> {
    let key = path;
    if (/[\\/]/.test(path)) {
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) {
        return { kind: 'missing' };
      }
      key = `${path}\0${found.mtimeMs}\0${found.size}`;
    }
    const known = this.known.get(key) ?? ask(path);
    this.known.set(key, known);
    const probed = await known;
    if (probed.kind !== 'runs') {
      this.known.delete(key); // it may be repaired without the file changing
    }
    return probed;
  }
}

async function ask(path: string): Promise<Probe> {
  try {
    const { stdout } = await run(path, ['-I', '-c', question], { timeout, windowsHide: true });
    return parse(stdout);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { kind: 'missing' };
    }
    return { kind: 'broken', reason: error instanceof Error ? error.message : String(error) };
  }
}

function parse(output: string): Probe {
  const groups = answer.exec(output)?.groups;
  if (groups === undefined) {
    return { kind: 'broken', reason: `it answered ${JSON.stringify(output.slice(0, 200))}` };
  }
  const version: Version = [Number(groups['major']), Number(groups['minor']), Number(groups['micro'])];
  return { kind: 'runs', implementation: groups['name'] ?? '', version };
}
