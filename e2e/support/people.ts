import type { Page } from 'playwright-core';
import type { TestBrowser } from './chromium.ts';
import type { Product } from './product.ts';

/** A person of the demo account, signed in, in a window of their own. */
export async function signIn(browser: TestBrowser, product: Product, role: string, language: 'es' | 'en' = 'es'): Promise<Page> {
  const page = await browser.newPage({ language });
  const { email, password } = product.person(role);
  await page.goto(product.address);
  await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/workspace');
  return page;
}

/** Waits for the browser's telephone and takes queue work, through the button that the empty workspace offers. */
export async function becomeAvailable(page: Page): Promise<void> {
  await page.getByText('Conectado', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Pasar a Disponible' }).click();
  await page.getByText('Todo listo para la próxima llamada').waitFor();
}

/** A request with the page's own session, as the page itself would make it. */
export async function ask<Answer>(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
  return page.evaluate(
    async ({ method, path, body }) => {
      const seen = method === 'PUT' ? await fetch(path) : undefined;
      const etag = seen?.headers.get('etag');
      const response = await fetch(path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(etag ? { 'if-match': etag } : {}) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.status === 204 ? undefined : ((await response.json()) as never);
    },
    { method, path, body },
  ) as Promise<Answer>;
}
