// Variables in a compose file: $NAME, ${NAME}, ${NAME:-x}, ${NAME-x}, ${NAME:?text}, ${NAME?text}, and $$ for a dollar sign.

export type Interpolated =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

const token = /\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?])([^{}$]*))?\}|)/g;

/** Fills in variables once; what a variable holds is never read again. Unset names without a default are a problem. */
export function interpolate(text: string, vars: ReadonlyMap<string, string>): Interpolated {
  let problem: string | null = null;
  const filled = text.replace(token, (whole, dollar, bare, braced, operator = '', rest = '') => {
    if (dollar !== undefined) return '$';
    const name: string | undefined = bare ?? braced;
    if (name === undefined) {
      problem ??= `"${around(text, whole)}" is no variable; write $$ for a dollar sign`;
      return '';
    }
    const value = vars.get(name);
    const missing = value === undefined || (operator.startsWith(':') && value === '');
    if (!missing) return value;
    if (operator.endsWith('-')) return rest;
    problem ??=
      operator.endsWith('?') && rest !== '' ? `${name}: ${rest}` : `the variable ${name} has no value`;
    return '';
  });
  return problem === null ? { ok: true, text: filled } : { ok: false, problem };
}

function around(text: string, part: string): string {
  const at = text.indexOf(part === '$' ? '$' : part);
  return text.slice(at, at + 20);
}
