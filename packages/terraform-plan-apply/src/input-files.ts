// Inputs that reach the tool through files, and the arguments that name these files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import type { Inputs } from './inputs.js';
import { insideWorkspace } from './places.js';

/** Through a file: what is in argv can be read by every process of the machine. */
export function backendArguments({ backendConfig }: Inputs, { temporary }: Deps): readonly string[] {
  if (backendConfig.size === 0) return [];
  const file = join(temporary, 'headgate.tfbackend');
  const literal = (value: string): string => JSON.stringify(value).replace(/[$%](?=\{)/g, '$&$&');
  const lines = [...backendConfig].map(([name, value]) => `${name} = ${literal(value)}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return [`-backend-config=${file}`];
}

/** Variables of the input come last and so win over files. */
export function variableArguments(
  { varFiles, variables }: Inputs,
  { context, temporary }: Deps,
): readonly string[] {
  const files = varFiles.map((path) =>
    insideWorkspace(context.workspace, path, { input: 'var-files', kind: 'file' }),
  );
  if (Object.keys(variables.plain).length > 0) {
    const file = join(temporary, 'headgate.tfvars.json');
    writeFileSync(file, JSON.stringify(variables.plain), { mode: 0o600 });
    files.push(file);
  }
  return files.map((file) => `-var-file=${file}`);
}
