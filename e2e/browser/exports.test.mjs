// Exports: the form with its filters, the file, the ways that lead there; and nothing of what others hide.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let harbour;
let reader;
const app = useServer({
  prepare: async () => {
    const value = (type, text) => ({ type, value: text, to_ids: true });
    harbour = await app.event({
      info: 'Harbour phishing',
      distribution: '1',
      Attribute: [value('domain', 'harbour.example'), value('domain', 'quay.example'), value('ip-dst', '192.0.2.77')],
    });
    await app.event({ info: 'Secret', distribution: '0', Attribute: [value('domain', 'secret.harbour.example')] });
    const { Organisation } = await app.api('POST', '/admin/organisations/add', { name: 'Other' });
    reader = await app.user('User', 'reader@other.example');
    const users = await app.api('GET', '/admin/users/index');
    const { id } = users.map(({ User }) => User).find(({ email }) => email === reader.email);
    await app.api('POST', `/admin/users/edit/${id}`, { org_id: Organisation.id });
  },
});

async function download(page) {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  return [file.suggestedFilename(), await readFile(await file.path(), 'utf8')];
}

test('from the menu to a file with what the filters leave', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.getByRole('heading', { name: 'Export' }).waitFor();
  await axe(page);
  await screenshot(page, 'exports');
  await page.getByLabel('Format', { exact: true }).selectOption({ label: 'CSV table' });
  await page.getByLabel('Type').selectOption('domain');
  await page.getByLabel('Event', { exact: true }).fill(harbour.id);
  const [name, table] = await download(page);
  assert.equal(name, 'attributes.csv.csv');
  const rows = table.trim().split('\n');
  assert.match(rows[0], /^uuid,event_id,/);
  assert.equal(rows.length, 3);
  assert.match(table, /"quay\.example"/);
  assert.doesNotMatch(table, /192\.0\.2\.77/);
  // Rules are for detection: of an event that is not published there are none, unless everything is asked for.
  await page.getByLabel('Format', { exact: true }).selectOption({ label: 'Suricata rules' });
  assert.doesNotMatch((await download(page))[1], /^alert/m);
  await page.getByLabel('Formats for detection take everything').check();
  assert.match((await download(page))[1], /^alert .*harbour/m);
});

test('event, list and results lead to the form, filled in', async () => {
  const page = await app.visitor({ viewport: { width: 360, height: 740 } });
  await page.goto(`/events/view/${harbour.id}`);
  await page.getByRole('link', { name: 'Download as…' }).click();
  assert.equal(await page.getByLabel('Event', { exact: true }).inputValue(), harbour.id);
  assert.equal(await overflows(page), false);
  const [name, text] = await download(page);
  assert.equal(name, 'events.json.json');
  assert.equal(JSON.parse(text).response[0].Event.info, 'Harbour phishing');
  await page.goto('/attributes/index?value=%25quay%25');
  await page.getByRole('link', { name: 'Download as…' }).click();
  assert.equal(await page.getByLabel('Value').inputValue(), '%quay%');
  assert.match((await download(page))[1], /"quay\.example"/);
  await page.goto('/search?q=quay');
  await page.getByRole('link', { name: 'Download as…' }).click();
  assert.match((await download(page))[1], /"quay\.example"/);
});

test('what does not go together is refused, and the form keeps what was said', async () => {
  const page = await app.visitor();
  await page.goto('/exports?value=quay.example&format=context&of=attributes');
  await page.getByRole('button', { name: 'Download' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /Nothing was exported/);
  assert.equal(await page.getByLabel('Value').inputValue(), 'quay.example');
  await axe(page);
  await screenshot(page, 'exports-refused');
});

test('an export holds nothing that its reader may not see', async () => {
  const page = await app.visitor(reader);
  await page.goto('/exports?value=%25harbour%25');
  const [, table] = await download(page);
  assert.match(table, /"harbour\.example"/);
  assert.doesNotMatch(table, /secret/);
});
