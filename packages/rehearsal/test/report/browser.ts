// playwright-core as far as the report's test needs it: its own types want the types of a browser's page, which nothing
// else here may see.

interface Box {
  readonly width: number;
  readonly height: number;
}

interface Locator {
  first(): Locator;
  isVisible(): Promise<boolean>;
  boundingBox(): Promise<Box | null>;
  count(): Promise<number>;
  textContent(): Promise<string | null>;
}

export interface Page {
  on(event: 'request', listener: (request: { url(): string }) => void): unknown;
  on(event: 'dialog', listener: (dialog: { message(): string; dismiss(): Promise<void> }) => void): unknown;
  goto(address: string): Promise<unknown>;
  locator(selector: string): Locator;
  evaluate<T>(expression: string): Promise<T>;
  title(): Promise<string>;
  close(): Promise<void>;
}

export interface Browser {
  newPage(options: { readonly viewport: Box; readonly colorScheme: 'light' | 'dark' }): Promise<Page>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<Browser>;
  };
}

/** Starts the browser without a window, and without its calls home. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  const name: string = 'playwright-core';
  const { chromium } = (await import(name)) as Playwright;
  // Root may not use its sandbox; the page is our own.
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath, args });
}
