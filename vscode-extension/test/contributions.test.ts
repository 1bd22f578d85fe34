import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import manifest from '../package.json';
import {
  Command,
  ContextKey,
  View,
  debugType,
  heapTraits,
  nodeTraits,
  settingKeys,
  settingsSection,
  snapshotEditor,
  snapshotExtension,
} from '../src/shared/ids';

const { contributes } = manifest;
const menus: { command: string; when?: string }[] = Object.values(contributes.menus).flat();
const clauses = [...menus.map((item) => item.when ?? ''), ...contributes.viewsWelcome.map((welcome) => welcome.when)];

function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}

suite('package.json and the code agree', () => {
  test('on commands', () => {
    const declared = contributes.commands.map((item) => item.command);
    assert.deepEqual(sorted(declared), sorted(Object.values(Command)));
    assert.equal(declared.length, new Set(declared).size);
  });

  test('on commands in menus and in welcome texts', () => {
    const known = new Set<string>(Object.values(Command));
    const welcome = contributes.viewsWelcome.flatMap(({ contents }) =>
      Array.from(contents.matchAll(/command:([\w.]+)/g), (match) => match[1]!),
    );
    assert.notEqual(welcome.length, 0);
    for (const command of [...menus.map((item) => item.command), ...welcome]) {
      assert.ok(known.has(command), command);
    }
  });

  test('on views', () => {
    const declared = Object.values(contributes.views).flatMap((views) => views.map((view) => view.id));
    assert.deepEqual(sorted(declared), sorted(Object.values(View)));
  });

  test('on settings', () => {
    const declared = Object.keys(contributes.configuration.properties);
    assert.deepEqual(sorted(declared), sorted(settingKeys.map((key) => `${settingsSection}.${key}`)));
  });

  test('on context keys', () => {
    const used = clauses.flatMap((clause) => clause.match(/(?<!== '?)\bheapsight\.[\w.]+/g) ?? []);
    assert.deepEqual(sorted(used), sorted(Object.values(ContextKey)));
  });

  for (const [view, traits] of [
    [View.object, nodeTraits],
    [View.heap, heapTraits],
  ] as const) {
    test(`on what can be done with a node of ${view}`, () => {
      const used = clauses
        .filter((clause) => clause.startsWith(`view == ${view} `))
        .flatMap((clause) => Array.from(clause.matchAll(/viewItem =~ \/\\b(\w+)\\b\//g), (match) => match[1]!));
      assert.deepEqual(sorted(used), sorted(traits));
    });
  }

  test('on the editor of snapshots', () => {
    assert.deepEqual(
      contributes.customEditors.map(({ viewType, selector }) => [viewType, selector.map((item) => item.filenamePattern)]),
      [[snapshotEditor, [`*${snapshotExtension}`]]],
    );
    const named = clauses.flatMap((clause) => clause.match(/(?<=activeCustomEditorId == ')[^']+/g) ?? []);
    assert.deepEqual(sorted(named), [snapshotEditor]);
    const suffixes = clauses.flatMap((clause) => clause.match(/(?<=resourceExtname == )\S+/g) ?? []);
    assert.deepEqual(sorted(suffixes), [snapshotExtension]);
  });

  test('on the debugger type', () => {
    assert.deepEqual(
      contributes.debuggers.map((item) => item.type),
      [debugType],
    );
    const snippets = contributes.debuggers.flatMap((item) => item.configurationSnippets.map(({ body }) => body.type));
    assert.deepEqual(sorted(snippets), [debugType]);
  });
});
