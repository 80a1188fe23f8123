// Answers of the REST API: data, errors in GitHub's form, and lists cut into pages.

export interface Reply {
  readonly status: number;
  /** JSON body; undefined: none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error answer. `headers` go along, `errors` as in GitHub's validation failures. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly unknown[] | null;

  constructor(
    status: number,
    message: string,
    more: { headers?: Record<string, string>; errors?: readonly unknown[] } = {},
  ) {
    super(message);
    this.name = 'HttpProblem';
    this.status = status;
    this.headers = more.headers ?? {};
    this.errors = more.errors ?? null;
  }

  body(): Record<string, unknown> {
    const text = {
      message: this.message,
      documentation_url: 'https://docs.github.com/rest',
      status: String(this.status),
    };
    return this.errors === null ? text : { ...text, errors: this.errors };
  }
}

export const notFound = (): HttpProblem => new HttpProblem(404, 'Not Found');

/** 422 as GitHub words it; `errors` are texts, which its description allows beside objects. */
export const invalid = (resource: string, message: string, field?: string): HttpProblem =>
  new HttpProblem(422, 'Validation Failed', {
    errors: [{ resource, code: 'custom', ...(field === undefined ? {} : { field }), message }],
  });

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const noContent = (): Reply => ({ status: 204 });

export interface Page {
  readonly items: readonly unknown[];
  /** The `Link` header; null when all fits on one page. */
  readonly link: string | null;
}

/** One page of a list. Source: https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
export function pageOf(items: readonly unknown[], url: URL): Page {
  const size = Math.min(100, Math.max(1, Number(url.searchParams.get('per_page') ?? 30)));
  const page = Math.max(1, Number(url.searchParams.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const at = (number: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [at(page - 1, 'prev')] : []),
    ...(page < last ? [at(page + 1, 'next'), at(last, 'last')] : []),
    ...(page > 1 ? [at(1, 'first')] : []),
  ];
  return {
    items: items.slice((page - 1) * size, page * size),
    link: links.length === 0 ? null : links.join(', '),
  };
}
