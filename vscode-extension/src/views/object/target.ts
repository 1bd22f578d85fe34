/** What a menu hands to "What holds this?", read without trusting it. */

/** Something to inspect, and how it is called. */
export interface Wanted {
  sessionId: string | undefined;
  name: string;
  /** A row of Variables or Watch below another one: its parent's handle and its own name. */
  row: { variablesReference: number; name: string } | undefined;
  /** To be evaluated in the frame that the user looks at. */
  expression: string | undefined;
}

/** Of a row in Variables or Watch; undefined where the argument is something else. */
export function wantedFrom(argument: unknown): Wanted | undefined {
  const { sessionId, container, variable } = record(argument);
  const { name, evaluateName } = record(variable);
  if (typeof name !== 'string') {
    return undefined;
  }
  const { variablesReference } = record(container);
  const inContainer = typeof variablesReference === 'number' && variablesReference > 0;
  return {
    sessionId: typeof sessionId === 'string' ? sessionId : undefined,
    name,
    row: inContainer ? { variablesReference, name } : undefined,
    expression: typeof evaluateName === 'string' && evaluateName !== '' ? evaluateName : undefined,
  };
}

/** Of an expression that the user wrote or pointed at. */
export function wantedExpression(expression: string): Wanted {
  return { sessionId: undefined, name: expression, row: undefined, expression };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
