// Finds where each value of a YAML text begins, from the parser's event stream.
import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';

export type YamlPath = readonly (string | number)[];

export interface PositionIndex {
  /** Offset into the text of the value at `path`, or of its nearest known ancestor. */
  valueOffset(path: YamlPath): number;
  /** Offset of the key that names the value at `path`; of the value itself inside lists. */
  keyOffset(path: YamlPath): number;
}

interface Node {
  readonly offset: number;
  readonly keyOffset: number;
  readonly children: ReadonlyMap<string, Node>;
}

interface Reader {
  readonly text: string;
  readonly events: readonly Event[];
  readonly anchors: Map<string, Node>;
  next: number;
}

const nowhere: Node = { offset: 0, keyOffset: 0, children: new Map() };

/** Builds the index of one document's values; aliases answer with the place of what they point at. */
export function indexPositions(text: string, events: readonly Event[]): PositionIndex {
  const reader: Reader = { text, events, anchors: new Map(), next: 0 };
  const root = events[0]?.type === EVENT_ID.DOCUMENT ? readDocument(reader) : nowhere;
  return {
    valueOffset: (path) => find(root, path).offset,
    keyOffset: (path) => find(root, path).keyOffset,
  };
}

function readDocument(reader: Reader): Node {
  reader.next = 1;
  return reader.events[1]?.type === EVENT_ID.POP ? nowhere : readNode(reader, null);
}

function find(root: Node, path: YamlPath): Node {
  let node = root;
  for (const step of path) {
    const child = node.children.get(String(step));
    if (child === undefined) return node;
    node = child;
  }
  return node;
}

function readNode(reader: Reader, keyOffset: number | null): Node {
  const event = reader.events[reader.next];
  reader.next += 1;
  if (event === undefined) return nowhere;
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      const offset = scalarOffset(reader.text, event.valueStart, keyOffset);
      return remember(reader, event, { offset, keyOffset: keyOffset ?? offset, children: new Map() });
    }
    case EVENT_ID.SEQUENCE:
      return remember(reader, event, readSequence(reader, event.start, keyOffset));
    case EVENT_ID.MAPPING:
      return remember(reader, event, readMapping(reader, event.start, keyOffset));
    case EVENT_ID.ALIAS: {
      const target = reader.anchors.get(reader.text.slice(event.anchorStart, event.anchorEnd)) ?? nowhere;
      return {
        offset: event.anchorStart,
        keyOffset: keyOffset ?? event.anchorStart,
        children: target.children,
      };
    }
    default:
      return nowhere;
  }
}

function readSequence(reader: Reader, start: number, keyOffset: number | null): Node {
  const children = new Map<string, Node>();
  while (!atEnd(reader)) children.set(String(children.size), readNode(reader, null));
  reader.next += 1;
  return { offset: start, keyOffset: keyOffset ?? start, children };
}

function readMapping(reader: Reader, start: number, keyOffset: number | null): Node {
  const children = new Map<string, Node>();
  while (!atEnd(reader)) {
    const event = reader.events[reader.next];
    const key = readNode(reader, null);
    const name = event?.type === EVENT_ID.SCALAR ? String(getScalarValue(reader.text, event)) : '';
    children.set(name, readNode(reader, key.offset));
  }
  reader.next += 1;
  return { offset: start, keyOffset: keyOffset ?? start, children };
}

function atEnd(reader: Reader): boolean {
  const event = reader.events[reader.next];
  return event === undefined || event.type === EVENT_ID.POP;
}

function remember(reader: Reader, event: { anchorStart: number; anchorEnd: number }, node: Node): Node {
  if (event.anchorStart >= 0) reader.anchors.set(reader.text.slice(event.anchorStart, event.anchorEnd), node);
  return node;
}

/** A value that is absent (`key:`) stands where its key stands; a quoted one begins at its quote. */
function scalarOffset(text: string, start: number, keyOffset: number | null): number {
  if (start < 0) return keyOffset ?? 0;
  const before = text[start - 1];
  return before === '"' || before === "'" ? start - 1 : start;
}
