// The kinds of values in headgate.yml: names, paths, durations, references.
import * as v from 'valibot';

export const variableName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'the name of a variable: letters, digits and _, not beginning with a digit',
  ),
);
export const secretName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z_][A-Za-z0-9_-]*$/,
    'the name of a secret: letters, digits, _ and -, not beginning with a digit',
  ),
);

export const filled = v.pipe(v.string(), v.nonEmpty('some text'));
/** A stage of a Dockerfile by its name; numbers move when a stage is added. */
export const stageName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, 'the name of a stage: a letter, then letters, digits, _ . and -'),
);
export const oneLine = v.pipe(v.string(), v.regex(/^[^\r\n\0]*$/, 'text on one line'));

/** A repository variable, resolved when a run begins. Without a default it must be set. */
export const variableReference = v.strictObject({
  var: v.pipe(variableName, v.description('Name of a repository or organisation variable.')),
  default: v.optional(v.pipe(oneLine, v.description('Used when the variable is not set.'))),
});

export const value = v.union([oneLine, variableReference]);

export const secretReference = v.strictObject({
  secret: v.pipe(secretName, v.description('A name in the `build` map of the secret BUILD_SECRETS.')),
  optional: v.optional(
    v.pipe(v.boolean(), v.description('True: the build goes on when the secret is absent.')),
    false,
  ),
});

export const environmentSecretReference = v.strictObject({
  secret: v.pipe(secretName, v.description('A name in the `environment` map of the secret DEPLOY_SECRETS.')),
});

/** Where a build must not go on without it. */
export const secretReferenceOnly = v.strictObject({
  secret: v.pipe(secretName, v.description('A name in the `build` map of the secret BUILD_SECRETS.')),
});

export const notifySecretReference = v.strictObject({
  secret: v.pipe(secretName, v.description('A name in the secret NOTIFY_SECRETS.')),
});

/** What Terraform calls variables and attributes: dashes are allowed there. */
export const attributeName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z_][A-Za-z0-9_-]*$/,
    'a name of letters, digits, _ and -, not beginning with a digit or a dash',
  ),
);

/** A command as it is started, without a shell. */
export const argumentList = v.array(v.pipe(v.string(), v.regex(/^[^\0]*$/, 'text without NUL')));

export const port = v.pipe(
  v.number(),
  v.integer('a whole number'),
  v.minValue(1, 'a port from 1 to 65535'),
  v.maxValue(65_535, 'a port from 1 to 65535'),
);

/** Names travel into artifact names, tags, concurrency groups and proxies, so they stay plain. */
export const name = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/,
    'a name of at most 50 lower-case letters, digits and -, beginning and ending with a letter or digit',
  ),
);

export const path = v.pipe(
  v.string(),
  v.regex(
    /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0\r\n\\]+$/,
    'a path inside the repository, relative to its root, with / and without ..',
  ),
);

export const durationPattern = /^(?:0|[1-9][0-9]*)(?:ms|s|m|h)$/;
export const duration = v.pipe(
  v.string(),
  v.regex(durationPattern, 'a duration such as 250ms, 30s, 5m or 1h'),
);

/** Where no time at all would mean that nothing is tried. */
export const timeLimit = v.pipe(
  v.string(),
  v.regex(/^[1-9][0-9]*(?:ms|s|m|h)$/, 'a duration above 0, such as 30s, 5m or 1h'),
);

// git-check-ref-format, for what can be said without running git.
export const branchName = v.pipe(
  v.string(),
  v.regex(/^(?![-/.])(?!.*(?:\.\.|@\{|\/\/))[^\s~^:?*[\\]*[^\s~^:?*[\\/.]$/, 'the name of a branch'),
);
export const isBranchName = (text: string): boolean => v.safeParse(branchName, text).success;
export const branchPrefix = v.pipe(
  v.string(),
  v.regex(
    /^(?![-/.])(?!.*(?:\.\.|@\{|\/\/))[^\s~^:?*[\\]*[^\s~^:?*[\\/]\/$/,
    'the beginning of branch names, ending with /',
  ),
);

export const platform = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/, 'a platform such as linux/amd64 or linux/arm64'),
);
