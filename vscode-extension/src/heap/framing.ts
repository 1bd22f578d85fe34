/** The frame around every message of the worker: `Content-Length: N`, an empty line, N bytes of JSON, as in DAP. */

const separator = Buffer.from('\r\n\r\n');
// A header is two dozen bytes; a peer that sends this much without an empty line does not speak the protocol.
const headerLimit = 8 * 1024;

/** What puts a message on the wire. */
export function encode(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, 'ascii'), body]);
}

/** Cuts a stream of bytes into messages, however the bytes arrive. Throws where they are none. */
export class Decoder {
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes of the message that is coming; undefined while its header is. */
  private awaited: number | undefined;

  /** The messages that are whole with these bytes. */
  feed(data: Buffer): unknown[] {
    this.chunks.push(data);
    this.size += data.length;
    const messages: unknown[] = [];
    for (let body = this.next(); body !== undefined; body = this.next()) {
      messages.push(JSON.parse(body.toString('utf8')));
    }
    return messages;
  }

  private next(): Buffer | undefined {
    this.awaited ??= this.header();
    if (this.awaited === undefined || this.size < this.awaited) {
      return undefined;
    }
    const body = this.take(this.awaited);
    this.awaited = undefined;
    return body;
  }

  private header(): number | undefined {
    const all = this.joined();
    const end = all.indexOf(separator);
    if (end < 0) {
      if (this.size > headerLimit) {
        throw new Error('What the heap worker writes is not a message.');
      }
      return undefined;
    }
    const length = /^content-length:\s*(\d+)\s*$/im.exec(all.toString('ascii', 0, end))?.[1];
    if (length === undefined) {
      throw new Error('A message of the heap worker has no Content-Length.');
    }
    this.take(end + separator.length);
    return Number(length);
  }

  private take(length: number): Buffer {
    const all = this.joined();
    this.chunks = [all.subarray(length)];
    this.size -= length;
    return all.subarray(0, length);
  }

  /** A long message is joined once, when it is whole. */
  private joined(): Buffer {
    const all = this.chunks.length === 1 && this.chunks[0] !== undefined ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}
