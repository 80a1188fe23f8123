// One sign a state, the same in the live view, in plain lines and in the closing table.
import type { Conclusion, Status } from '../model.js';

export type Colour = 'green' | 'red' | 'yellow' | 'grey' | 'bold';
/** Wraps text in a colour, or returns it as it is where there is no terminal. */
export type Paint = (text: string, colour: Colour) => string;

export const noPaint: Paint = (text) => text;

const codes: Readonly<Record<Colour, string>> = {
  green: '32',
  red: '31',
  yellow: '33',
  grey: '90',
  bold: '1',
};

export const ansiPaint: Paint = (text, colour) => `\u001b[${codes[colour]}m${text}\u001b[0m`;

export interface Mark {
  readonly sign: string;
  readonly colour: Colour;
}

/** A job that waits for somebody to try its step again. */
export const pausedMark: Mark = { sign: '⏸', colour: 'red' };

export function markOf(state: { readonly status: Status; readonly conclusion: Conclusion | null }): Mark {
  if (state.status !== 'completed') {
    return state.status === 'in_progress' ? { sign: '●', colour: 'yellow' } : { sign: '○', colour: 'grey' };
  }
  switch (state.conclusion) {
    case 'success':
      return { sign: '✓', colour: 'green' };
    case 'skipped':
      return { sign: '-', colour: 'grey' };
    case 'cancelled':
      return { sign: '⊘', colour: 'yellow' };
    default:
      return { sign: '✗', colour: 'red' };
  }
}
