import type { Choice, Version } from '../common/interpreters';
import type { Candidate } from './candidates';

/** What running an interpreter once has told. */
export type Probe =
  { kind: 'runs'; implementation: string; version: Version } | { kind: 'missing' } | { kind: 'broken'; reason: string };

const oldest: Version = [3, 11, 0];

/** The first candidate that can be used; what is wrong with a chosen one, or with those found, otherwise. */
export async function choose(
  candidates: readonly Candidate[],
  probe: (path: string) => Promise<Probe>,
): Promise<Choice> {
  let problem: string | undefined;
  for (const candidate of candidates) {
    const probed = await probe(candidate.path);
    if (probed.kind === 'missing' && !candidate.chosen) {
      continue;
    }
    const wrong = problemOf(candidate, probed);
    if (wrong === undefined && probed.kind === 'runs') {
      return { found: true, interpreter: { path: candidate.path, version: probed.version, source: candidate.source } };
    }
    if (candidate.chosen) {
      return { found: false, problem: wrong ?? '' };
    }
    problem ??= wrong;
  }
  return { found: false, problem: problem ?? 'No Python interpreter was found. Heapsight needs Python 3.11 or newer.' };
}

function problemOf(candidate: Candidate, probed: Probe): string | undefined {
  const where = `${candidate.path} (from ${candidate.source})`;
  switch (probed.kind) {
    case 'missing':
      return `The Python interpreter ${where} does not exist.`;
    case 'broken':
      return `The Python interpreter ${where} does not run: ${probed.reason}`;
    case 'runs':
      if (probed.implementation !== 'cpython') {
        return `Heapsight needs CPython; ${where} is ${probed.implementation}.`;
      }
      if (isOlder(probed.version, oldest)) {
        return `Heapsight needs Python 3.11 or newer; ${where} is Python ${probed.version.join('.')}.`;
      }
      return undefined;
  }
}

function isOlder(version: Version, than: Version): boolean {
  for (const [place, number] of version.entries()) {
    const other = than[place] ?? 0;
    if (number !== other) {
      return number < other;
    }
  }
  return false;
}
