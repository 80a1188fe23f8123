// Sizes for people who compare them with limits: decimal and binary units are a twentieth apart.
import { formatBytes } from '@headgate/kit/quantities';

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `20.0 MB (19.07 MiB)`; small ones as bytes alone. */
export function sizeText(bytes: number): string {
  const decimal = formatBytes(bytes);
  return bytes < 1000 ? decimal : `${decimal} (${binaryText(bytes)})`;
}

/** `+1.2 MB`, `-300 B`, `0 B`. */
export function changeText(bytes: number): string {
  const sign = bytes > 0 ? '+' : bytes < 0 ? '-' : '';
  return `${sign}${formatBytes(Math.abs(bytes))}`;
}

/** `20971520` as `20,971,520`. */
export function groupedDigits(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function binaryText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.995 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(2)} ${binaryUnits[unit]}`;
}
