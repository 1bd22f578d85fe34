// `npm test`: everything, in order; `npm test -- python end-to-end` only those parts.
import './lib/requirements.mjs';
import { parseArgs } from 'node:util';
import { summary } from './lib/counts.mjs';
import { Complaint } from './lib/run.mjs';
import { program } from './lib/steps.mjs';
import { parts } from './lib/test_parts.mjs';

async function runPart(name, part) {
  const results = [];
  const start = Date.now();
  console.log(`\n━━━ ${part.title}\n`);
  try {
    await part.run(async (title, work, seconds) => {
      const began = Date.now();
      const counts = await work();
      results.push({ name: `${name}: ${title}`, ...counts, seconds: seconds ?? (Date.now() - began) / 1000 });
    });
  } catch (error) {
    // What a part could not prepare is its failure; the other parts still have something to say.
    if (!error.shown) console.error(error);
    results.push({ name: `${name}: set-up`, passed: 0, failed: 1, skipped: 0, seconds: (Date.now() - start) / 1000 });
  }
  return results;
}

await program(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  for (const name of positionals) {
    if (!parts.has(name)) throw new Complaint(`No part ${name}; there are: ${[...parts.keys()].join(', ')}`);
  }
  const results = [];
  for (const [name, part] of parts) {
    if (!positionals.length || positionals.includes(name)) results.push(...(await runPart(name, part)));
  }
  return summary(results);
});
