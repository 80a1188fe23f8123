// The grammar of comments: a command is the first line that its author wrote in the open, and nothing else.

export type Verb = 'approve' | 'reject';

/** Why something that looks like a command is none. */
export type Misuse = 'quoted' | 'code' | 'hidden' | 'not-first' | 'no-digits' | 'wrong-form' | 'words';

export type Command =
  | { readonly kind: 'command'; readonly verb: Verb; readonly digits: string; readonly reason: string }
  | { readonly kind: 'misuse'; readonly misuse: Misuse }
  | { readonly kind: 'talk' };

type Zone = 'open' | 'quoted' | 'code' | 'hidden';

interface Line {
  readonly text: string;
  readonly zone: Zone;
}

/** `/approve` or `/reject`, the subject's first 12 hex digits, and what follows as a reason. Nothing else approves. */
const form = /^ {0,3}\/(approve|reject)[ \t]+([0-9a-f]{12})(?:[ \t]+(.*))?$/;

/**
 * Reads a comment. Strict where it would approve, generous where it looks for something that was meant to: everything
 * that resembles a command without being one is a misuse, and its author hears why.
 */
export function readCommand(body: string): Command {
  const lines = zones(body.split(/\r\n|\r|\n/));
  const first = lines.find(({ text, zone }) => zone === 'open' && text.trim() !== '');
  const match = first === undefined ? null : form.exec(first.text.trimEnd());
  if (match !== null) {
    const [, verb, digits = '', reason = ''] = match;
    return { kind: 'command', verb: verb === 'reject' ? 'reject' : 'approve', digits, reason: reason.trim() };
  }
  const misuse = misuseOf(lines, first);
  return misuse === null ? { kind: 'talk' } : { kind: 'misuse', misuse };
}

function misuseOf(lines: readonly Line[], first: Line | undefined): Misuse | null {
  if (first !== undefined && resembles(first.text)) {
    return /^\s*\/(approve|reject)\s*$/i.test(first.text) ? 'no-digits' : 'wrong-form';
  }
  const meant = lines.find(({ text }) => resembles(text));
  if (meant !== undefined) return meant.zone === 'open' ? 'not-first' : meant.zone;
  return first !== undefined && plainWords.test(plain(first.text).trim()) ? 'words' : null;
}

/** What people write elsewhere to approve; only as the whole line, so that talk stays talk. */
const plainWords =
  /^(?:approved?|approving|i approve|lgtm|looks good(?: to me)?|ship it|rejected?|i reject|denied|deny|declined?|veto)[.!]*$/i;

/** The line begins like a command once quote marks, list marks and other decoration are off. */
function resembles(text: string): boolean {
  return /^[^\p{L}\p{N}/\\]*\\?[/\\] ?(?:approve|reject)(?![\p{L}\p{N}/])/iu.test(plain(text));
}

/** Letters that only look or lie differently become the plain ones; invisible ones go. */
function plain(text: string): string {
  return text.normalize('NFKC').replace(/[\p{Cf}\p{Mn}\u2044]/gu, (mark) => (mark === '\u2044' ? '/' : ''));
}

interface State {
  zone: Zone;
  /** The fence that would close the block. */
  fence: string;
}

/** Where each line stands: in the open, or where it is shown as somebody else's, as code, or not at all. */
function zones(lines: readonly string[]): readonly Line[] {
  const state: State = { zone: 'open', fence: '' };
  return lines.map((text) => ({ text, zone: zoneOf(text, state) }));
}

function zoneOf(text: string, state: State): Zone {
  if (state.zone === 'code') return inCode(text, state);
  if (state.zone === 'hidden') {
    if (text.includes('-->')) state.zone = 'open';
    return 'hidden';
  }
  // Until an empty line, what follows a quote still belongs to it, as GitHub shows it.
  if (/^ {0,3}>/.test(text)) return remember(state, 'quoted');
  if (text.trim() === '') return remember(state, 'open');
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
  if (fence !== undefined) {
    state.fence = fence;
    return remember(state, 'code');
  }
  if (state.zone === 'quoted') return 'quoted';
  if (/^(?: {4}| {0,3}\t)/.test(text)) return 'code';
  if (!/^ {0,3}<!--/.test(text)) return 'open';
  state.zone = text.includes('-->') ? 'open' : 'hidden';
  return 'hidden';
}

function remember(state: State, zone: Zone): Zone {
  state.zone = zone;
  return zone;
}

function inCode(text: string, state: State): Zone {
  const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(text)?.[1];
  const closes = closing?.startsWith(state.fence) === true;
  if (closes) state.zone = 'open';
  return 'code';
}
