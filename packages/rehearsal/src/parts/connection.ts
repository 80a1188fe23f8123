// Does anybody accept connections at a socket or a port of this machine?
import { connect } from 'node:net';

export type Place = { readonly path: string } | { readonly host: string; readonly port: number };
export type Accepts = (place: Place) => Promise<boolean>;

/** On this machine an answer comes at once, or never. */
const answerMs = 2_000;

export const acceptsConnections: Accepts = (place) =>
  new Promise((resolve) => {
    const connection = connect({ ...place, timeout: answerMs });
    const end = (accepted: boolean): void => {
      connection.destroy();
      resolve(accepted);
    };
    connection.once('connect', () => end(true));
    // Who neither accepts nor refuses may be busy: alive.
    connection.once('timeout', () => end(true));
    connection.once('error', () => end(false));
  });
