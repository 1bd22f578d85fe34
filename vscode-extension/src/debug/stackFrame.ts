/** What the context menu of the Call Stack hands over, read without trusting it. */

/** A frame of a session, and the file that it runs. */
export interface FramePlace {
  sessionId: string | undefined;
  source: { uri: string } | { path: string };
}

/** The first argument is the frame's source, as a URI or as the debugger names it; undefined where there is none. */
export function framePlaceFrom(source: unknown, context: unknown): FramePlace | undefined {
  if (typeof source !== 'string' || source === '') {
    return undefined;
  }
  const { sessionId } = typeof context === 'object' && context !== null ? (context as Record<string, unknown>) : {};
  return {
    sessionId: typeof sessionId === 'string' ? sessionId : undefined,
    source: source.startsWith('file:') ? { uri: source } : { path: source },
  };
}
