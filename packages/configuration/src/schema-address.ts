// Where the JSON Schemas are published: an address that stays, for the `$id` of each and for editors.

export type SchemaName = 'headgate' | 'decision' | 'entry' | 'record';

/** The floating tag of the newest release of this major version. */
const place = 'https://raw.githubusercontent.com/headgate/headgate/v1/schemas';

export const schemaAddress = (name: SchemaName): string => `${place}/${name}.schema.json`;

/** The first line of a headgate.yml: editors with a YAML language server check and complete it while it is written. */
export const editorLine = `# yaml-language-server: $schema=${schemaAddress('headgate')}`;
