// An instance that is not allowed to fetch from private addresses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useServer } from './harness.mjs';

const app = useServer({ refusePrivate: true });

test('a feed on a private address is refused beside the field', async () => {
  const page = await app.visitor();
  await page.goto('/feeds/add');
  for (const address of ['http://127.0.0.1:8000/', 'http://169.254.169.254/latest', 'http://10.0.0.1/feed', 'http://[::1]/', 'http://localhost:8000/']) {
    await page.locator('#name').fill('Inside');
    await page.locator('#provider').fill('Nobody');
    await page.locator('#url').fill(address);
    await page.getByRole('button', { name: 'Add feed' }).click();
    await page.locator('#url-error').getByText('not a public address').waitFor();
    assert.equal(await page.locator('#url').inputValue(), address);
  }
  assert.deepEqual(await app.api('GET', '/feeds/index'), []);
});
