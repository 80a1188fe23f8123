// GitHub's own OpenAPI description, cut to the operations of the double: which paths exist and what they look like.
import cut from './openapi.generated.json' with { type: 'json' };

export type Schema = Readonly<Record<string, unknown>>;

export interface ParameterDescription {
  readonly in: string;
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface OperationDescription {
  /** `pulls/create` */
  readonly id: string;
  readonly method: string;
  /** `/repos/{owner}/{repo}/pulls` */
  readonly path: string;
  readonly parameters: readonly ParameterDescription[];
  readonly body: { readonly required: boolean; readonly schema: Schema } | null;
  /** JSON schema by status code; null: no JSON body. */
  readonly responses: Readonly<Record<string, Schema | null>>;
}

export interface Description {
  readonly source: string;
  readonly operations: readonly OperationDescription[];
  /** Schema of a webhook payload by event and action: `pull-request-opened`. */
  readonly webhooks: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export const description = cut as unknown as Description;

export interface Match {
  readonly operation: OperationDescription;
  /** Path parameters, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Path parameters that may contain slashes, as GitHub accepts them unescaped. */
const deep = new Set(['ref', 'path', 'branch', 'basehead', 'tag']);

interface Route {
  readonly operation: OperationDescription;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly literals: number;
}

function routeOf(operation: OperationDescription): Route {
  const names: string[] = [];
  const segments = operation.path.split('/').slice(1);
  const pattern = segments.map((segment) => {
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined) return segment.replaceAll('.', '\\.');
    names.push(name);
    return deep.has(name) ? '(.+)' : '([^/]+)';
  });
  const literals = segments.filter((segment) => !segment.startsWith('{')).length;
  return { operation, pattern: new RegExp(`^/${pattern.join('/')}$`, 'u'), names, literals };
}

// The most literal path wins: `/commits/{ref}/status` before `/commits/{ref}`.
const routes = description.operations.map(routeOf).sort((a, b) => b.literals - a.literals);

/** The operation behind a request, or null when the description (as cut) does not know it. Throws URIError on bad escapes. */
export function matchOperation(method: string, path: string): Match | null {
  for (const { operation, pattern, names } of routes) {
    const found = operation.method === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const entries = names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]);
    return { operation, parameters: Object.fromEntries(entries) };
  }
  return null;
}
