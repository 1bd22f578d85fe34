import { connect } from 'node:net';

// More than a network needs, less than a person waits.
const PATIENCE_MS = 10_000;

/** Why there is nothing to attach to at that address; undefined where somebody listens. The adapter there does not mind a client that leaves at once. */
export async function unreachable(host: string, port: number): Promise<string | undefined> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const tell = (answer: string | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => tell(undefined));
    socket.once('timeout', () => tell(`${place} does not answer.`));
    socket.once('error', (error: NodeJS.ErrnoException) => tell(reason(error, place, port)));
  });
}

function reason({ code, message }: NodeJS.ErrnoException, place: string, port: number): string {
  if (code !== 'ECONNREFUSED') {
    return `Cannot connect to ${place}: ${message}.`;
  }
  return (
    `Nothing listens at ${place}. Start the program with “python -m heapsight --listen ${port} program.py”, ` +
    `or let it call heapsight.listen(${port}), then attach.`
  );
}
