// WWW-Authenticate as registries send it (RFC 9110 section 11.6.1, Docker's token specification).

export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      readonly realm: string;
      readonly service: string | null;
      readonly scope: string | null;
    };

type Parameters = Map<string, string>;

const schemeAt =
  /([A-Za-z][A-Za-z0-9+.-]*)[ \t]+(?=[A-Za-z0-9_-]+[ \t]*=)|([A-Za-z][A-Za-z0-9+.-]*)(?=[ \t]*(?:,|$))/y;
const parameterAt = /([A-Za-z0-9_-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/y;
const separatorAt = /[ \t]*,?[ \t]*/y;

/**
 * The best challenge a registry offers: Bearer with a realm, else Basic, else null.
 * Several challenges may share one header; unknown schemes are passed over.
 */
export function parseChallenge(header: string): Challenge | null {
  const challenges = readChallenges(header);
  const bearer = challenges.find(
    ([scheme, found]) => scheme === 'bearer' && (found.get('realm') ?? '') !== '',
  );
  if (bearer !== undefined) {
    const found = bearer[1];
    const realm = found.get('realm') ?? '';
    return {
      scheme: 'bearer',
      realm,
      service: found.get('service') ?? null,
      scope: found.get('scope') ?? null,
    };
  }
  return challenges.some(([scheme]) => scheme === 'basic') ? { scheme: 'basic' } : null;
}

function readChallenges(header: string): readonly (readonly [string, Parameters])[] {
  const challenges: [string, Parameters][] = [];
  let at = 0;
  while (at < header.length) {
    const before = at;
    at = skip(header, at);
    const parameter = match(parameterAt, header, at);
    const current = challenges.at(-1);
    if (parameter !== null && current !== undefined) {
      const [whole, name = '', quoted, bare] = parameter;
      current[1].set(
        name.toLowerCase(),
        quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1'),
      );
      at += whole.length;
      continue;
    }
    const scheme = match(schemeAt, header, at);
    if (scheme !== null) {
      challenges.push([(scheme[1] ?? scheme[2] ?? '').toLowerCase(), new Map()]);
      at += scheme[0].length;
    }
    if (at === before) return challenges;
  }
  return challenges;
}

function skip(text: string, at: number): number {
  return at + (match(separatorAt, text, at)?.[0].length ?? 0);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
