// One CSV record, the form in which buildx reads the values of several options (RFC 4180).

/** Fields with a comma, quote or line break are quoted; a quote inside is doubled. */
export function csvRecord(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
