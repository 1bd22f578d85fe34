// The adapter as VS Code's own test client sees it.
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

const { DebugClient } = createRequire(import.meta.url)('@vscode/debugadapter-testsupport');

// A hang guard, not a speed limit.
const PATIENCE_MS = 60_000;

/** Python that has the package; `npm test` says which. */
export const python = process.env.HEAPSIGHT_PYTHON ?? path.join(root, '.venv', 'bin', 'python');

/** A client with a fresh adapter; it ends with the test `t`. */
export async function startAdapter(t) {
  // The client takes a single argument, so the command line has to be one.
  const client = new DebugClient(python, '-cfrom heapsight.cli import main; import sys; sys.exit(main(["adapter"]))', 'heapsight');
  client.defaultTimeout = PATIENCE_MS;
  t.after(() => client.stop());
  await client.start();
  return client;
}

/** All output of one category, as one text, as long as the client lives. */
export function outputOf(client, category) {
  const collected = { text: '' };
  client.on('output', ({ body }) => {
    if (body.category === category) collected.text += body.output;
  });
  return collected;
}

/** The locals of a frame, by name. */
export async function localsOf(client, frameId) {
  const { body } = await client.scopesRequest({ frameId });
  const locals = body.scopes.find(({ name }) => name === 'Locals');
  const { body: variables } = await client.variablesRequest({ variablesReference: locals.variablesReference });
  return Object.fromEntries(variables.variables.map((variable) => [variable.name, variable]));
}
