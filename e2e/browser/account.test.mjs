// The own profile: API keys are shown once, work, and stop working when they are deleted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, screenshot, useServer } from './harness.mjs';

const app = useServer();

const status = async (key) =>
  (await fetch(`${app.url}/users/view/me`, { headers: { Authorization: key, Accept: 'application/json' } })).status;

test('a new API key is shown once, works, and is gone when deleted', async () => {
  const page = await app.visitor();
  await page.goto('/users/profile');
  await page.getByRole('button', { name: 'Add key' }).click();
  await page.locator('#comment').fill('nightly export');
  await axe(page);
  await page.getByRole('button', { name: 'Create key' }).click();
  const key = await page.locator('.fresh-key .secret').innerText();
  assert.match(key, /^[A-Za-z0-9]{40}$/);
  await axe(page);
  await screenshot(page, 'key');
  assert.equal(await status(key), 200);

  await page.goto('/users/profile');
  assert.equal((await page.content()).includes(key), false, 'the key is shown a second time');
  const row = page.getByRole('row', { name: /nightly export/ });
  assert.match(await row.innerText(), new RegExp(`${key.slice(0, 4)}…${key.slice(-4)}`));

  await row.getByRole('button', { name: /Delete the key/ }).click();
  await page.getByRole('button', { name: 'Delete key', exact: true }).click();
  await page.getByText('API key deleted.').waitFor();
  assert.equal(await page.getByRole('row', { name: /nightly export/ }).count(), 0);
  assert.equal(await status(key), 403);
});

test('a read-only key reads and does not write', async () => {
  const page = await app.visitor();
  await page.goto('/users/profile');
  await page.getByRole('button', { name: 'Add key' }).click();
  await page.locator('#comment').fill('dashboard');
  await page.locator('#read_only').check();
  await page.getByRole('button', { name: 'Create key' }).click();
  const key = await page.locator('.fresh-key .secret').innerText();
  assert.match(await page.getByRole('row', { name: /dashboard/ }).innerText(), /read only/);
  assert.equal(await status(key), 200);
  await assert.rejects(app.api('POST', '/events/add', { info: 'no' }, key), /403/);
});

test('a key that cannot be made is refused beside the field', async () => {
  const page = await app.visitor();
  await page.goto('/users/profile');
  await page.getByRole('button', { name: 'Add key' }).click();
  await page.locator('#allowed_ips').fill('not an address');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.locator('dialog[open] #allowed_ips-error').waitFor();
  assert.equal(await page.locator('#allowed_ips').inputValue(), 'not an address');
  assert.equal(await page.locator('.fresh-key').count(), 0);
});
