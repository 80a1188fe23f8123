// One directory of Terraform or OpenTofu in one workspace.
import * as v from 'valibot';
import {
  attributeName,
  environmentSecretReference,
  path,
  value,
  variableName,
  variableReference,
} from './schema-values.js';

export const infrastructureTools = ['terraform', 'tofu'] as const;

const secrets = v.record(variableName, environmentSecretReference);

export const infrastructureSchema = v.strictObject({
  directory: v.pipe(path, v.description('Folder with the configuration.')),
  tool: v.optional(
    v.pipe(
      v.union([v.picklist(infrastructureTools), variableReference]),
      v.description('terraform or tofu, found on PATH.'),
    ),
    'terraform',
  ),
  workspace: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,89}$/, 'a workspace of letters, digits, ., _ and -'),
    ),
    'default',
  ),
  'var-files': v.optional(
    v.pipe(v.array(path), v.description("Files with variables, from the repository's root.")),
    [],
  ),
  variables: v.optional(
    v.pipe(v.record(attributeName, value), v.description('Variables; never secrets.')),
    {},
  ),
  'secret-variables': v.optional(v.pipe(secrets, v.description('Variables with secret values.')), {}),
  'secret-environment': v.optional(
    v.pipe(secrets, v.description('Environment variables of the tool with secret values.')),
    {},
  ),
  'pass-environment': v.optional(
    v.pipe(
      v.array(variableName),
      v.description('Environment variables of the job that the tool gets, such as those of an OIDC login.'),
    ),
    [],
  ),
  'backend-config': v.optional(
    v.pipe(v.record(attributeName, value), v.description('Attributes of the backend; no credentials.')),
    {},
  ),
  lock: v.optional(v.pipe(v.boolean(), v.description('False: the state is used without its lock.')), true),
  'machine-images': v.optional(
    v.pipe(
      v.boolean(),
      v.description("True: the record's machine images become the variable `machine_images`."),
    ),
    false,
  ),
});
