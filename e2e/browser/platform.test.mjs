// Settings, the audit log, the history of an event, statistics, the REST client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, screenshot, useServer } from './harness.mjs';

let event;
let reader;
let hidden;
const app = useServer({
  prepare: async () => {
    event = await app.event({ info: 'A case', Attribute: [{ type: 'domain', value: 'case.example' }] });
    await app.api('POST', `/events/edit/${event.id}`, { info: 'A renamed case' });
    hidden = await app.event({ info: 'Not for everybody', distribution: '0' });
    const { Organisation } = await app.api('POST', '/admin/organisations/add', { name: 'Elsewhere' });
    const password = 'Battery-Staple-2024';
    reader = { email: 'reader@elsewhere.example', password };
    await app.api('POST', '/admin/users/add', { ...reader, role_id: '3', org_id: Organisation.id, change_pw: '0' });
  },
});

test('the log is filtered with the keyboard and leads to the record', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.waitForURL(/audit_logs/);
  await page.getByLabel('Action').selectOption('edit');
  await page.getByLabel('Record').selectOption('Event');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.waitForURL(/action=edit/);
  const row = page.getByRole('row').filter({ hasText: `Event ${event.id}` });
  await row.getByText('A case', { exact: true }).waitFor();
  await row.locator('ins').filter({ hasText: 'A renamed case' }).waitFor();
  await axe(page);
  await screenshot(page, 'log-filtered');
  await page.getByRole('link', { name: /Remove the filter Action/ }).click();
  await page.waitForURL((url) => !url.search.includes('action='));
  await page.goto('/admin/audit_logs/index?email=nobody%25');
  await page.getByText('No entry fits.').waitFor();
});

test('an event shows its history, and to strangers less of it', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${event.id}`);
  await page.keyboard.press('h');
  await page.getByRole('heading', { name: `History of event ${event.id}` }).waitFor();
  await page.locator('ins').filter({ hasText: 'A renamed case' }).waitFor();

  const stranger = await app.visitor(reader);
  await stranger.goto(`/audit_logs/eventIndex/${event.id}`);
  await stranger.getByRole('row').filter({ hasText: 'edit' }).waitFor();
  const text = await stranger.locator('main').innerText();
  assert.equal(text.includes('A case'), false, 'the title of before is shown');
  assert.equal(text.includes(app.email), false, 'a foreign user is named');
  assert.equal((await stranger.goto(`/audit_logs/eventIndex/${hidden.id}`)).status(), 404);
  await axe(stranger);
  await stranger.goto('/admin/audit_logs/index');
  assert.equal((await stranger.locator('main').innerText()).includes(app.email), false, 'the log of somebody else');
});

test('a setting is changed, refused, and goes back to the default', async () => {
  const page = await app.visitor();
  await page.goto('/servers/serverSettings');
  const row = () => page.getByRole('row').filter({ hasText: 'SecureAuth.amount' });
  await row().getByRole('spinbutton').fill('7');
  await row().getByRole('button', { name: 'Save' }).click();
  await page.getByText('SecureAuth.amount saved.').waitFor();
  await row().getByText('changed here').waitFor();
  assert.equal((await app.api('GET', '/servers/getSetting/SecureAuth.amount')).value, 7);
  await row().locator('form').evaluate((form) => form.setAttribute('novalidate', ''));
  await row().getByRole('spinbutton').fill('0');
  await row().getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'a number from 1 to 1000' }).waitFor();
  await axe(page);
  await screenshot(page, 'settings-refused');
  await row().getByRole('button', { name: 'Default' }).click();
  await page.getByText('SecureAuth.amount saved.').waitFor();
  assert.equal((await app.api('GET', '/servers/getSetting/SecureAuth.amount')).value, 5);
  const stranger = await app.visitor(reader);
  assert.equal((await stranger.goto('/servers/serverSettings')).status(), 403);
});

test('statistics count what the visitor sees', async () => {
  const count = async (visitor) => {
    await visitor.goto('/users/statistics');
    return visitor.locator('dl.facts > div').filter({ has: visitor.getByText('Events', { exact: true }) }).locator('dd').innerText();
  };
  const page = await app.visitor();
  assert.equal(await count(page), '2');
  assert.equal(await count(await app.visitor(reader)), '1');
  await screenshot(page, 'statistics-small');
});

test('the REST client sends with the keyboard and shows the answer', async () => {
  const page = await app.visitor();
  await page.goto('/api/rest');
  await page.getByLabel('API key').fill(app.key);
  await page.keyboard.press('Tab');
  await page.locator('#rest-paths option').first().waitFor({ state: 'attached' });
  await page.getByLabel('Method').selectOption('POST');
  await page.getByLabel('Path').fill('/events/restSearch');
  await page.getByText('GET, POST.').waitFor();
  await page.getByLabel('Body', { exact: true }).fill('{"returnFormat": "json", "value": "case.example"}');
  await page.keyboard.press('Control+Enter');
  await page.getByText(/^200 OK/).waitFor();
  await page.locator('[data-rest-answer]').filter({ hasText: 'A renamed case' }).waitFor();
  await axe(page);
  await screenshot(page, 'rest-client-answer');
  await page.evaluate(() => { navigator.clipboard.writeText = async (text) => { document.title = text; }; });
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  const curl = await page.title();
  assert.match(curl, /^curl --request POST --header "Authorization: \$KEY"/);
  assert.equal(curl.includes(app.key), false, 'the key is copied');
  assert.ok(curl.includes(`--data '{"returnFormat": "json", "value": "case.example"}' '${app.url}/events/restSearch'`), curl);

  await page.getByLabel('API key').fill('k'.repeat(40));
  await page.getByLabel('Body', { exact: true }).press('Control+Enter');
  await page.getByText(/^403/).waitFor();
  await page.getByLabel('Path').fill('//elsewhere.example/events');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Only paths of this server.').waitFor();
});
