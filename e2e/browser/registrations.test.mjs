// Asking for an account, and answering those who ask.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, login, overflows, screenshot, useServer } from './harness.mjs';

const open = (value) => app.api('POST', '/servers/serverSettingsEdit/Security.allow_self_registration', { value, force: true });
const app = useServer({ prepare: () => open(true) });

const ask = async (email, fields = {}) => {
  const page = await app.page();
  await page.goto('/users/login');
  await page.getByRole('link', { name: 'Ask for one' }).click();
  await page.locator('#email').fill(email);
  for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
  return page;
};

test('a stranger asks, an administrator accepts, and the newcomer logs in', async () => {
  const stranger = await ask('ada@partner.example', { org_name: 'Partner', message: 'We share\nphishing pages.' });
  await axe(stranger);
  await screenshot(stranger, 'registration-form');
  await stranger.getByRole('button', { name: 'Send request' }).click();
  await stranger.getByText('Request sent.').waitFor();
  await axe(stranger);

  const page = await app.visitor();
  await page.goto('/admin/users/index');
  await page.getByRole('link', { name: /^Registrations/ }).click();
  const request = page.getByRole('article', { name: 'ada@partner.example' });
  await request.getByText('phishing pages.').waitFor();
  await screenshot(page, 'registrations');
  await axe(page);
  await request.getByLabel('Organisation').selectOption({ index: 1 });
  await request.getByLabel('Role').selectOption({ label: 'Publisher' });
  await request.getByRole('button', { name: 'Accept ada@partner.example' }).click();
  await page.getByRole('heading', { name: 'ada@partner.example' }).waitFor();
  const password = await page.locator('.flash').filter({ hasText: 'new password' }).locator('.secret').innerText();

  const newcomer = await app.page();
  await login(newcomer, { email: 'ada@partner.example', password });
  assert.equal(new URL(newcomer.url()).pathname, '/users/change_pw');
  await page.goto('/users/registrations/index');
  await page.getByText('Nobody waits.').waitFor();
});

test('a request is discarded', async () => {
  const stranger = await ask('spam@partner.example');
  await stranger.getByRole('button', { name: 'Send request' }).click();
  await stranger.getByText('Request sent.').waitFor();
  const page = await app.visitor({ viewport: { width: 360, height: 740 } });
  await page.goto('/users/registrations/index');
  assert.equal(await overflows(page), false);
  await screenshot(page, 'registrations-360');
  await page.getByRole('button', { name: 'Discard spam@partner.example' }).click();
  await page.getByText('The request is discarded.').waitFor();
  await page.getByText('Nobody waits.').waitFor();
});

test('a request without an address is refused beside the field, and nobody asks where it is switched off', async () => {
  const stranger = await ask('not an address');
  await stranger.locator('form.stack').evaluate((form) => form.setAttribute('novalidate', ''));
  await stranger.getByRole('button', { name: 'Send request' }).click();
  await stranger.locator('#email-error').waitFor();
  await axe(stranger);
  await open(false);
  const page = await app.page();
  await page.goto('/users/login');
  assert.equal(await page.getByRole('link', { name: 'Ask for one' }).count(), 0);
  assert.equal((await page.goto('/users/register')).status(), 404);
});

test('the inbox is for site administrators', async () => {
  const page = await app.visitor(await app.user('Org Admin', 'boss@sightline.example'));
  await page.goto('/admin/users/index');
  assert.equal(await page.getByRole('link', { name: /^Registrations/ }).count(), 0);
  assert.equal((await page.goto('/users/registrations/index')).status(), 403);
});
