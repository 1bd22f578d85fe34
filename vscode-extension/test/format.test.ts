import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { codeBlock, count, fileName, formatBytes, oneLine, plain, signed, signedBytes } from '../src/shared/format';

suite('how things are written', () => {
  const sizes: [number, string][] = [
    [0, '0 B'],
    [88, '88 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_951, '1.0 MB'],
    [12_400_000, '12.4 MB'],
    [3e15, '3000.0 TB'],
  ];
  for (const [bytes, text] of sizes) {
    test(`${bytes} bytes`, () => assert.equal(formatBytes(bytes), text));
  }

  test('counts', () => {
    assert.equal(count(1, 'object'), '1 object');
    assert.equal(count(12345, 'object'), '12,345 objects');
    assert.equal(count(7, 'more', 'more'), '7 more');
  });

  test('changes', () => {
    assert.deepEqual([12345, -3, 0].map(signed), ['+12,345', '−3', '']);
    assert.deepEqual([1100, -48, 0].map(signedBytes), ['+1.1 kB', '−48 B', '']);
  });

  test('one line of at most so many characters', () => {
    assert.equal(oneLine(' a\n  b '), 'a b');
    assert.equal(oneLine('abcdef', 4), 'abc…');
  });

  test('a code block cannot be left from within', () => {
    assert.equal(codeBlock('a ``` b', 'python'), '````python\na ``` b\n````');
  });

  test('markdown is shown as it is', () => {
    assert.equal(plain("['a*b'] <x>"), "\\['a\\*b'\\] \\<x\\>");
  });

  test('file names on both kinds of system', () => {
    assert.equal(fileName('/a/b.py'), 'b.py');
    assert.equal(fileName('C:\\a\\b.py'), 'b.py');
  });
});
