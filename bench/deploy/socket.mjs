// One command to HAProxy's runtime socket.
import { connect } from 'node:net';

/** @param {string} socket @param {string} command @returns {Promise<string>} */
export function tell(socket, command) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const connection = connect(socket, () => connection.write(`${command}\n`));
    connection.on('data', (chunk) => {
      answer += chunk;
    });
    connection.on('end', () => resolve(answer));
    connection.on('error', reject);
  });
}
