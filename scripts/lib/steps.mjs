// Progress for a person who waits: one line per step, with its time; on a terminal the line counts while the step runs.
import { CommandFailed, Complaint } from './run.mjs';

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s`;
const live = process.stdout.isTTY && !process.env.CI;

/**
 * Run one step and say so. `work` gets a function that changes what the line says, and may return a short remark.
 * A step that fails prints the end of its command's output; the error goes on to the caller, marked as shown.
 */
export async function step(title, work) {
  const start = Date.now();
  let doing = '';
  const line = (mark) => `${mark} ${seconds(start)}  ${title}${doing && `: ${doing}`}`;
  const draw = () => process.stdout.write(`\r\x1b[2K${line('…')}`);
  const timer = live && setInterval(draw, 250);
  if (live) draw();
  else console.log(`…           ${title}`);
  const end = (mark) => {
    if (timer) clearInterval(timer);
    process.stdout.write(`${live ? '\r\x1b[2K' : ''}${line(mark)}\n`);
  };
  try {
    const remark = await work((now) => (doing = now));
    doing = typeof remark === 'string' ? remark : '';
    end('✓');
  } catch (error) {
    end('✗');
    if (error instanceof CommandFailed) console.error(`\n${error.message}:\n${error.tail()}`);
    else console.error(`\n${error.message}`);
    error.shown = true;
    throw error;
  }
}

function worded(error) {
  if (error instanceof CommandFailed) return `${error.message}:\n${error.tail()}`;
  return error instanceof Complaint || error.code?.startsWith('ERR_PARSE_ARGS') ? error.message : error;
}

/** Run `main` as a program: a bad end is exit code 1, and an error nobody showed yet is printed with its stack. */
export async function program(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    if (!error.shown) console.error(worded(error));
    process.exitCode = 1;
  }
}
