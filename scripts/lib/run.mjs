// Child processes: quiet ones whose output goes to a log and is shown when they fail, and loud ones that are followed live.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { logs, relative, root } from './paths.mjs';

/** The person asked for something that cannot be: told in words, without a stack. */
export class Complaint extends Error {}

/** A command ended badly. `output` is what it printed, `log` where all of it was kept. */
export class CommandFailed extends Error {
  constructor(command, code, output, log) {
    super(`${command} ended with ${code}`);
    this.output = output;
    this.log = log;
  }

  /** The last lines of the output, for a person to read. */
  tail(lines = 25) {
    const last = this.output.trimEnd().split('\n').slice(-lines).join('\n');
    return this.log ? `${last}\n(all of it: ${relative(this.log)})` : last;
  }
}

// Windows starts .cmd files only through a shell, and a shell needs quotes.
const needsShell = (command) => process.platform === 'win32' && !/\.exe$/i.test(command) && !path.isAbsolute(command);
const quoted = (argument) => (/[\s"&|<>^]/.test(argument) ? `"${argument.replaceAll('"', '\\"')}"` : argument);

/**
 * Run a command to its end; resolves to {code, output, killedBy}.
 * `show`: also print the output while it comes (true), or give it to that function. `log`: file name under .build/logs. `check: false`: do not throw on a bad end.
 */
export function run(command, args, { cwd = root, env = process.env, show = false, log, check = true, signal } = {}) {
  const file = log && path.join(logs, log);
  if (file) mkdirSync(logs, { recursive: true });
  const shell = needsShell(command);
  return new Promise((resolve, reject) => {
    const child = spawn(command, shell ? args.map(quoted) : args, { cwd, env, shell, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    const sink = file && createWriteStream(file);
    const chunks = [];
    const take = (stream) => (data) => {
      chunks.push(data);
      sink?.write(data);
      if (typeof show === 'function') show(data);
      else if (show) stream.write(data);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    child.on('error', (error) => {
      sink?.end();
      reject(error.code === 'ENOENT' ? new Error(`${command}: no such command`) : error);
    });
    child.on('close', (code, killedBy) => {
      sink?.end();
      const output = Buffer.concat(chunks).toString();
      if (check && code !== 0) reject(new CommandFailed(path.basename(command), killedBy ?? code, output, file));
      else resolve({ code: code ?? 1, output, killedBy });
    });
  });
}

/** The npm that started us, else the one on PATH. */
export function npm(args, options) {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.js$/.test(script)) return run(process.execPath, [script, ...args], options);
  return run('npm', args, options);
}
