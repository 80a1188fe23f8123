// The input `services`: which services of the template run an image of this delivery, and which answer on a port.
import { InputError } from '@headgate/kit/errors';
import { textOf } from '@headgate/kit/input-values';
import { parseInteger } from '@headgate/kit/quantities';
import type { ImageSource } from './image-source.js';

export interface ChosenService {
  readonly name: string;
  /** Null: the image that the compose file names. */
  readonly image: ImageSource | null;
  /** Port inside the container that answers HTTP; null for a service that nobody looks at. */
  readonly port: number | null;
}

const input = 'services';
const members = ['image', 'image-name', 'port'];

/** @throws {InputError} naming the service and its member */
export function parseServices(value: unknown): readonly ChosenService[] {
  const hint = 'Write web: {image-name: shop, port: 3000}.';
  if (!isMapping(value) || Object.keys(value).length === 0)
    throw new InputError(input, 'a map from a service of the compose file to its image was expected', hint);
  const services = Object.entries(value).map(([name, service]) => parseService(name, service));
  if (services.some(({ port }) => port !== null)) return services;
  throw new InputError(input, 'a service with a port was expected: nobody could look at the preview', hint);
}

function parseService(name: string, value: unknown): ChosenService {
  if (!isMapping(value)) throw wrong(`${name}: a map was expected`);
  const unknown = Object.keys(value).find((key) => !members.includes(key));
  if (unknown !== undefined) throw wrong(`${name}: it has no ${unknown}`);
  const text = (member: string): string => textOf(`${input}: ${name}.${member}`, value[member] ?? '');
  const [reference, imageName, port] = [text('image'), text('image-name'), text('port')];
  if (reference !== '' && imageName !== '') throw wrong(`${name}: image was given together with image-name`);
  return { name, image: sourceOf(reference, imageName), port: port === '' ? null : portOf(name, port) };
}

function sourceOf(reference: string, name: string): ImageSource | null {
  if (reference !== '') return { kind: 'reference', reference };
  return name === '' ? null : { kind: 'record', name };
}

function portOf(name: string, text: string): number {
  const port = parseInteger(text);
  if (port !== null && port >= 1 && port <= 65_535) return port;
  throw wrong(`${name}: port: a number from 1 to 65535 was expected, ${JSON.stringify(text)} was found`);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(problem: string): InputError {
  return new InputError(input, problem, `Use ${members.join(', ')} only, image or image-name.`);
}
