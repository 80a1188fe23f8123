// One Packer template: what it is built with and what must have come out of it.
import * as v from 'valibot';
import {
  argumentList,
  oneLine,
  path,
  secretReferenceOnly,
  timeLimit,
  value,
  variableName,
} from './schema-values.js';

/** Seen from the template's directory; packer reads a leading dash as an option. */
const template = v.pipe(
  v.string(),
  v.regex(/^(?!-)[^\0\r\n]+$/, 'a file or folder, seen from `directory`, that does not begin with a dash'),
);
const builder = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_*][A-Za-z0-9_.*-]*$/, 'a builder such as docker.app'),
);

export const machineImageSchema = v.strictObject({
  directory: v.pipe(path, v.description('Folder that packer runs in; the other paths are seen from it.')),
  template: v.optional(v.pipe(template, v.description('Template file, or a folder of .pkr.hcl files.')), '.'),
  'var-files': v.optional(v.pipe(v.array(path), v.description('Variable files, seen from the folder.')), []),
  variables: v.optional(
    v.pipe(v.record(variableName, value), v.description('Template variables; never secrets.')),
    {},
  ),
  secrets: v.optional(
    v.pipe(
      v.record(variableName, secretReferenceOnly),
      v.description('Template variables from the `build` map of the secret BUILD_SECRETS.'),
    ),
    {},
  ),
  environment: v.optional(
    v.pipe(
      v.array(variableName),
      v.description(
        "Environment variables of the job that packer gets besides its own; never secrets' values.",
      ),
    ),
    [],
  ),
  builders: v.optional(
    v.pipe(v.array(builder), v.description('Builders that must have made an artifact; all unless said.')),
    [],
  ),
  only: v.optional(v.pipe(v.array(builder), v.description("As packer's -only.")), []),
  except: v.optional(v.pipe(v.array(builder), v.description("As packer's -except.")), []),
  manifest: v.optional(
    v.pipe(path, v.description("File of the template's manifest post-processors.")),
    'packer-manifest.json',
  ),
  smoke: v.optional(
    v.pipe(
      v.union([argumentList, v.record(oneLine, argumentList)]),
      v.description('Command tried on every artifact, as a list of arguments, or one for each builder.'),
    ),
    [],
  ),
  deadline: v.optional(v.pipe(timeLimit, v.description('For init, validate and build together.')), '60m'),
});
