// The report about an image for people: a table of layers for each platform, and what explains it.
import type {
  AttestationReport,
  InspectReport,
  LayerReport,
  PlatformReport,
  Share,
} from '@headgate/image/inspect-report';
import { formatBytes } from '@headgate/kit/quantities';
import { clean, cut, table } from '@headgate/rehearsal/view/text';
import { findingLines } from './findings-view.js';

const columns = [
  { title: '#', align: 'right' },
  { title: 'layer', align: 'left' },
  { title: 'line', align: 'right' },
  { title: 'instruction', align: 'left' },
  { title: 'compressed', align: 'right' },
  { title: 'uncompressed', align: 'right' },
  { title: 'wasted', align: 'right' },
] as const;
const widestInstruction = 60;
const mostFiles = 10;

/** Pure; names in the image cannot reach the terminal as anything but text. */
export function inspectLines(report: InspectReport): readonly string[] {
  return [
    report.digest,
    ...report.platforms.flatMap((platform) => ['', ...platformLines(platform)]),
    ...findingLines(report),
    ...report.attestations.flatMap((one, index) => [...(index === 0 ? [''] : []), attestationLine(one)]),
  ];
}

function platformLines(platform: PlatformReport): readonly string[] {
  const { compressed, uncompressed, layers, efficiency } = platform;
  const count = layers.length === 1 ? 'one layer' : `${layers.length} layers`;
  return [
    `${clean(platform.platform)}: ${formatBytes(compressed)} compressed, ${formatBytes(uncompressed)} uncompressed, ${count}`,
    ...originLines(platform),
    '',
    ...table(columns, layers.map(layerRow)),
    '',
    `Efficiency ${efficiency.toFixed(2)}. ${wasteLine(platform)}`,
    ...topLines(layers),
  ];
}

function originLines({ own, base }: PlatformReport): readonly string[] {
  if (own === null || base === null) return [];
  const said = ({ layers, compressed, uncompressed }: Share): string =>
    `${layers === 1 ? 'one layer' : `${layers} layers`}, ${formatBytes(compressed)} compressed, ${formatBytes(uncompressed)} uncompressed`;
  return [`  of the base image: ${said(base)}`, `  its own: ${said(own)}`];
}

function layerRow(layer: LayerReport, index: number): readonly string[] {
  return [
    String(index + 1),
    short(layer.digest),
    layer.line === null ? '' : String(layer.line),
    cut(instruction(layer.createdBy), widestInstruction),
    formatBytes(layer.compressed),
    formatBytes(layer.uncompressed),
    formatBytes(layer.wasted),
  ];
}

/** As somebody wrote it: without what builders put around it. */
function instruction(createdBy: string): string {
  const text = createdBy.replace(/^\/bin\/sh -c #\(nop\) +/, '').replace(/ # buildkit$/, '');
  return clean(text.replace(/\s+/g, ' ').trim());
}

function wasteLine({ wasted }: PlatformReport): string {
  const parts = [
    ['overwritten', wasted.overwritten],
    ['deleted later', wasted.deleted],
    ['stored again for another mode or owner', wasted.metadata],
    ['stored twice', wasted.duplicate],
  ] as const;
  const said = parts.filter(([, bytes]) => bytes > 0).map(([what, bytes]) => `${formatBytes(bytes)} ${what}`);
  return said.length === 0 ? 'Nothing is wasted.' : `Wasted: ${said.join(', ')}.`;
}

function topLines(layers: readonly LayerReport[]): readonly string[] {
  const files = layers
    .flatMap((layer, index) => layer.topFiles.map((file) => ({ ...file, layer: index + 1 })))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, mostFiles);
  if (files.length === 0) return [];
  const titles = [
    { title: 'largest files', align: 'left' },
    { title: 'bytes', align: 'right' },
    { title: 'layer', align: 'right' },
    { title: '', align: 'left' },
  ] as const;
  const rows = files.map(({ path, bytes, layer, hidden }) => [
    `/${clean(path)}`,
    formatBytes(bytes),
    String(layer),
    hidden ? 'hidden' : '',
  ]);
  return ['', ...table(titles, rows)];
}

function attestationLine({ digest, subject, predicateTypes }: AttestationReport): string {
  const about = subject === null ? '' : ` about ${short(subject)}`;
  const what = predicateTypes.length === 0 ? 'of an unknown type' : clean(predicateTypes.join(', '));
  return `Attestation ${short(digest)}${about}: ${what}`;
}

/** Twelve digits, as the engine shows them. */
function short(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}
