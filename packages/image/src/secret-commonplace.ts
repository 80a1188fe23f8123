// Values that say nothing: looked for, they would be found in every image.

const words: ReadonlySet<string> = new Set([
  ...[
    '12345678',
    '123456789',
    '1234567890',
    'abcdefgh',
    'administrator',
    'anonymous',
    'changeit',
    'changeme',
  ],
  ...[
    'changethis',
    'completed',
    'database',
    'disabled',
    'development',
    'example.com',
    'guest123',
    'integration',
  ],
  ...['letmein1', 'localhost', 'localhost:3000', 'localhost:5432', 'localhost:8080', 'localdev', 'master123'],
  ...[
    'passw0rd',
    'password',
    'password1',
    'password123',
    'placeholder',
    'postgres',
    'postgresql',
    'production',
  ],
  ...[
    'qwertyui',
    'registry',
    'required',
    'root1234',
    'secretsecret',
    'service_account',
    'sqlite3:',
    'staging1',
  ],
  ...['test1234', 'testtest', 'undefined', 'unlimited', 'username', 'us-east-1', 'us-west-2', 'eu-west-1'],
  ...['eu-central-1', 'googleapis.com', 'x-access-token', '0.0.0.0:8080', '127.0.0.1'],
]);

/** A text shorter than this is never searched for. */
export const shortestSecret = 8;

/** Why a value is not searched for; null when it is. No answer quotes it. */
export function reasonToSkip(value: string): string | null {
  if (value.trim() === '') return 'it is empty';
  if (value.trim().length < shortestSecret) return `it is shorter than ${shortestSecret} characters`;
  return isCommonplace(value.trim()) ? 'it is a common text' : null;
}

/** Common words, one character repeated, PEM's first and last lines, plain web addresses. */
export function isCommonplace(text: string): boolean {
  return (
    words.has(text.toLowerCase()) ||
    text === text.charAt(0).repeat(text.length) ||
    /^-----(?:BEGIN|END) [A-Z0-9 ]{1,60}-----$/.test(text) ||
    /^https?:\/\/[^\s@?#]*$/.test(text)
  );
}

/** A line `key: value` or `"key": "value",` without key, quotes and comma; any other line as it is. */
export function valueOfLine(line: string): string {
  const rest = line.trim().replace(/^["']?[\w.-]{1,64}["']?\s{0,8}[:=](?!\/\/)\s{0,8}/, '');
  return rest.replace(/,$/, '').replace(/^(["'])(.*)\1$/s, '$2');
}

/** Whether a line of a value with several lines is worth looking for on its own. */
export function isTellingLine(line: string): boolean {
  const value = valueOfLine(line);
  return value.length >= shortestSecret && !isCommonplace(line.trim()) && !isCommonplace(value);
}
