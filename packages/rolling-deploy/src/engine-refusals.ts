// What an engine's or a registry's words of refusal mean: which of the known causes, and what to do about it; pure.
import { DeployError, type DeployErrorCode } from './errors.js';

interface Meaning {
  readonly code: DeployErrorCode;
  readonly words: RegExp;
  readonly hint: string;
}

const image: readonly Meaning[] = [
  {
    code: 'disk-full',
    words: /no space left on device|disk quota exceeded|not enough (disk )?space/i,
    hint: 'Free room on the disk of the engine’s data folder, for instance with docker system prune, and deploy again.',
  },
  {
    code: 'bad-image-name',
    words:
      /invalid reference format|invalid (repository|image) name|repository name must be|invalid (tag|digest) format|NAME_INVALID/i,
    hint: 'Write the image as host/repository@sha256:…, in lower case.',
  },
  {
    code: 'registry-limit',
    words: /toomanyrequests|too many requests|rate limit/i,
    hint: 'Wait until the registry’s limit is over, or log in with registry-username and deploy-secrets: a user’s limit is higher.',
  },
  {
    code: 'registry-refused',
    words: /unauthorized|denied|authentication|forbidden|no basic auth/i,
    hint: 'Check registry-username and deploy-secrets: registries: {"<host>": "<password>"}.',
  },
  {
    code: 'image-not-found',
    words: /not found|no such image|manifest unknown|name unknown|no matching manifest|does not exist/i,
    hint: 'Check that the image was published under this name with this digest, for this platform.',
  },
];

const pullFailed: Omit<Meaning, 'words'> = {
  code: 'pull-failed',
  hint: 'Check that the host reaches the registry.',
};

const container: readonly Meaning[] = [
  ...image.filter(({ code }) => code === 'disk-full' || code === 'bad-image-name'),
  {
    code: 'image-not-found',
    words: /no such image/i,
    hint: 'Find out who else removes images on this host.',
  },
  {
    code: 'cannot-run',
    words: /OCI runtime (create|exec) failed|exec format error|executable file not found/i,
    hint: 'Check command, entrypoint and the platform the image was built for.',
  },
];

const refused: Omit<Meaning, 'words'> = {
  code: 'engine-refused',
  hint: 'Read the engine’s words above; its log on the host says more.',
};

/** A pull that an engine or its registry refused, in the words shown. */
export function pullError(reference: string, words: string): DeployError {
  const { code, hint } = image.find((meaning) => meaning.words.test(words)) ?? pullFailed;
  return new DeployError({
    code,
    message: `${reference} could not be pulled: ${words.slice(0, 300)}`,
    hint,
  });
}

/** A call about a container that the engine refused; `doing` is its method and path. */
export function callError(doing: string, status: number, words: string): DeployError {
  const { code, hint } = container.find((meaning) => meaning.words.test(words)) ?? refused;
  return new DeployError({ code, message: `the engine refused ${doing} (${status}): ${words}`, hint });
}
