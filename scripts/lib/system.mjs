// What only the system's package manager can bring: installed where we may (root, apt), else named with the command to type.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

/** All places of a command on PATH, in order. */
export function which(command) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const found = [];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const file = path.join(folder, command + ending);
      try {
        accessSync(file, constants.X_OK);
        found.push(file);
      } catch {
        continue;
      }
    }
  }
  return found;
}

const isRoot = process.getuid?.() === 0;
const hasApt = which('apt-get').length > 0;

/** The command a person would type to get Debian packages. */
export const aptCommand = (packages) => `sudo apt-get install ${packages.join(' ')}`;

/**
 * Install Debian packages. `what` says in words what is missing, for the message where that is not possible.
 * `elsewhere`: advice for systems without apt.
 */
export async function aptInstall(packages, what, elsewhere) {
  if (!hasApt) throw new Error(`${what} is missing. ${elsewhere}`);
  if (!isRoot) throw new Error(`${what} is missing. Install it with:\n\n    ${aptCommand(packages)}\n\nand run the same command again.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, log: 'apt-get.log', check: false });
  // The package lists may be old or not there at all; asking first saves the download where they are good.
  if ((await install()).code === 0) return;
  await run('apt-get', ['update', '-q'], { env, log: 'apt-get-update.log' });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, log: 'apt-get.log' });
}
