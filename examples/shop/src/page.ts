// The page for people.
import { type Product, products } from './catalog.ts';
import type { Release } from './version.ts';

export const headline = 'Everything for your lock';

const style = `
:root { color-scheme: light dark; --line: light-dark(#d7dee3, #34424b); --soft: light-dark(#5a6b75, #9fb0ba); }
body { max-width: 40rem; margin: 3rem auto; padding: 0 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 2rem; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; justify-content: space-between; gap: 1rem; padding: .75rem 0; border-top: 1px solid var(--line); }
li:last-child { border-bottom: 1px solid var(--line); }
a { color: inherit; text-underline-offset: .2em; }
.price { font-variant-numeric: tabular-nums; white-space: nowrap; }
footer { margin-top: 2rem; color: var(--soft); font-size: .875rem; }
`;

export function renderPage(release: Release): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Shop</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(headline)}</h1>
<ul>
${products.map(renderProduct).join('\n')}
</ul>
<footer>Version ${escapeHtml(release.version)}, commit ${escapeHtml(release.commit.slice(0, 7))}</footer>
</body>
</html>
`;
}

function renderProduct({ id, name, price }: Product): string {
  const link = `<a href="/api/products/${encodeURIComponent(id)}">${escapeHtml(name)}</a>`;
  return `<li>${link}<span class="price">${formatPrice(price)}</span></li>`;
}

const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });

export function formatPrice(cents: number): string {
  return euros.format(cents / 100);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
