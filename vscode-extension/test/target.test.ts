import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { wantedExpression, wantedFrom } from '../src/views/object/target';

suite('what a menu hands over', () => {
  test('a row in Variables: by its parent and name, and by its expression', () => {
    const argument = {
      sessionId: 's1',
      container: { name: 'Locals', variablesReference: 4, expensive: false },
      variable: { name: 'cart', value: '<Cart>', type: 'Cart', variablesReference: 7, evaluateName: 'cart' },
    };
    assert.deepEqual(wantedFrom(argument), {
      sessionId: 's1',
      name: 'cart',
      row: { variablesReference: 4, name: 'cart' },
      expression: 'cart',
    });
  });

  test('an expression in Watch has no parent', () => {
    const argument = {
      sessionId: 's1',
      variable: { name: 'cart.items', evaluateName: 'cart.items', variablesReference: 7 },
    };
    assert.deepEqual(wantedFrom(argument), {
      sessionId: 's1',
      name: 'cart.items',
      row: undefined,
      expression: 'cart.items',
    });
  });

  test('a row below an expression in Watch', () => {
    const argument = {
      sessionId: 's1',
      container: { expression: 'cart' },
      variable: { name: 'items', evaluateName: 'cart.items' },
    };
    assert.deepEqual(wantedFrom(argument)?.row, undefined);
    assert.equal(wantedFrom(argument)?.expression, 'cart.items');
  });

  test('a row that no expression leads to', () => {
    const argument = { container: { variablesReference: 9 }, variable: { name: '3', evaluateName: undefined } };
    assert.deepEqual(wantedFrom(argument), {
      sessionId: undefined,
      name: '3',
      row: { variablesReference: 9, name: '3' },
      expression: undefined,
    });
  });

  test('anything else is nothing', () => {
    for (const argument of [undefined, null, 'cart', { scheme: 'file', path: '/x.py' }, { variable: { value: '1' } }]) {
      assert.equal(wantedFrom(argument), undefined);
    }
  });

  test('an expression', () => {
    assert.equal(wantedExpression('a.b').expression, 'a.b');
  });
});
