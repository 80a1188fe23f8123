// What the shop sells.

export interface Product {
  readonly id: string;
  readonly name: string;
  /** Euro cents. */
  readonly price: number;
}

export const products: readonly Product[] = [
  { id: 'lock-gate', name: 'Lock gate, oak', price: 1_249_000 },
  { id: 'paddle', name: 'Paddle and rack', price: 84_900 },
  { id: 'windlass', name: 'Windlass', price: 3_450 },
];

export function findProduct(id: string): Product | undefined {
  return products.find((product) => product.id === id);
}
