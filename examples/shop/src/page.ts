// The page for people.
import { type Product, products } from './catalog.ts';
import type { Release } from './version.ts';

export const headline = 'Everything for your lock';

export function renderPage(release: Release): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Shop</title></head>
<body>
<h1>${headline}</h1>
<ul>
${products.map(renderProduct).join('\n')}
</ul>
<p>Version ${release.version}</p>
</body>
</html>
`;
}

function renderProduct(product: Product): string {
  return `<li><a href="/api/products/${product.id}">${product.name}</a>: ${formatPrice(product.price)}</li>`;
}

export function formatPrice(cents: number): string {
  return `${(cents / 100).toFixed(2)} EUR`;
}
