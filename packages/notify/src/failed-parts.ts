// What failed, as `git-flow` `mode: feedback` hands it to a notice: claims in `data`, read as plain texts.

export interface FailedPart {
  /** `images shop`, `decide`. */
  readonly what: string;
  readonly code: string;
  readonly message: string;
  readonly next: string;
  /** `Dockerfile:12`; '' where none is known, as the two below. */
  readonly place: string;
  readonly placeUrl: string;
  readonly logUrl: string;
}

/** More than anybody reads in a mail. */
const most = 20;

/** Members of `data.failures` that are objects; what is missing in them is ''. */
export function failedParts(failures: unknown): readonly FailedPart[] {
  if (!Array.isArray(failures)) return [];
  return failures.slice(0, most).flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return [];
    const members = new Map<string, unknown>(Object.entries(each));
    const text = (name: string): string => {
      const value = members.get(name);
      return typeof value === 'string' ? value : '';
    };
    const url = (name: string): string => (isWebAddress(text(name)) ? text(name) : '');
    return [
      {
        what: text('what') || 'Something',
        code: text('code'),
        message: text('message'),
        next: text('next'),
        place: text('place'),
        placeUrl: url('place-url'),
        logUrl: url('log-url'),
      },
    ];
  });
}

export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s<>"]+$/.test(text);
}
