// Every page in light and dark, on a phone, and with the keyboard alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let rich;
let shared;
const app = useServer({
  prepare: async () => {
    const sample = fileURLToPath(new URL('../../packaging/sample-feed', import.meta.url));
    const { url } = await app.control(`serve ${sample}`);
    const { Feed } = await app.api('POST', '/feeds/add', { name: 'Sample', provider: 'Sightline', url, source_format: 'misp', enabled: true, distribution: '1' });
    await app.api('GET', `/feeds/fetchFromFeed/${Feed.id}`);
    for (let tries = 0; tries < 200 && !rich; tries += 1) {
      const events = await app.api('GET', '/events/index');
      rich = events.find(({ info }) => info.startsWith('Paper Lantern'));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(rich, 'the sample feed did not come in');
    shared = await app.event({ info: 'With proposals', Attribute: [{ type: 'domain', value: 'proposed.example' }] });
    const { id } = shared.Attribute[0];
    await app.api('POST', `/shadow_attributes/add/${shared.id}`, { type: 'ip-dst', value: '203.0.113.9' });
    await app.api('POST', `/shadow_attributes/edit/${id}`, { value: 'another.example', comment: 'moved' });
    await app.api('POST', `/shadow_attributes/delete/${id}`);
    for (const type of ['0', '1', '2']) await app.api('POST', `/sightings/add/${id}`, { type, source: 'sensor' });
  },
});

const pages = () => ({
  events: '/events/index',
  'events-filtered': '/events/index?published=1&tag=tlp%3Agreen',
  event: `/events/view/${rich.id}`,
  'event-form': '/events/add',
  'event-edit': `/events/edit/${rich.id}`,
  attributes: '/attributes/index',
  proposals: '/shadow_attributes/index',
  'event-proposals': `/events/view/${shared.id}`,
  sightings: `/sightings/listSightings/${shared.Attribute[0].id}/attribute`,
  reports: '/event_reports/index',
  'report-add': `/event_reports/add/${rich.id}`,
  feeds: '/feeds/index',
  'feed-form': '/feeds/add',
  'feed-edit': '/feeds/edit/1',
  'feed-preview': '/feeds/previewIndex/1',
  jobs: '/jobs/index',
  job: '/jobs/view/1',
  organisations: '/organisations/index?scope=all',
  organisation: '/organisations/view/1',
  'organisation-form': '/admin/organisations/add',
  users: '/admin/users/index',
  user: '/admin/users/view/1',
  'user-form': '/admin/users/add',
  roles: '/roles/index',
  log: '/admin/audit_logs/index?action=add',
  history: `/audit_logs/eventIndex/${rich.id}`,
  settings: '/servers/serverSettings',
  statistics: '/users/statistics',
  'rest-client': '/api/rest',
  automation: '/events/automation',
  profile: '/users/profile',
  password: '/users/change_pw',
  missing: '/no/such/page',
});

for (const colorScheme of ['light', 'dark']) {
  test(`every page is accessible in the ${colorScheme}`, async () => {
    const page = await app.visitor({ colorScheme });
    for (const [name, path] of Object.entries(pages())) {
      const answer = await page.goto(path);
      assert.equal(answer.status(), name === 'missing' ? 404 : 200, path);
      await axe(page);
      if (colorScheme === 'light') await screenshot(page, name);
    }
  });
}

test('every page fits a phone', async () => {
  const page = await app.visitor({ viewport: { width: 390, height: 844 }, hasTouch: true });
  for (const [name, path] of Object.entries(pages())) {
    await page.goto(path);
    assert.equal(await overflows(page), false, `${path} scrolls sideways`);
    await screenshot(page, `${name}-390`);
  }
  await page.goto('/events/index');
  await axe(page);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.locator('#nav').getByRole('link', { name: 'Organisations' }).click();
  await page.waitForURL(/organisations/);
  await page.goto(`/events/view/${rich.id}`);
  await axe(page);
});

test('the theme is chosen, kept and rendered by the server', async () => {
  const page = await app.visitor({ colorScheme: 'light' });
  await page.goto('/events/index');
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  assert.notEqual(await background(), light);
  const answer = await page.goto('/events/index');
  assert.match(await answer.text(), /data-theme="dark"/);
});

test('the keyboard finds the search, the help and the rows', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.keyboard.press('/');
  assert.equal(await focused(), 'omnibox');
  await page.keyboard.press('Escape');
  assert.notEqual(await focused(), 'omnibox');

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard' });
  await help.waitFor();
  assert.match(await help.innerText(), /Add an event/);
  await axe(page);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });

  const current = () => page.locator('tr.current').getAttribute('data-href');
  const rows = await page.locator('tr[data-row]').evaluateAll((all) => all.map(({ dataset }) => dataset.href));
  await page.keyboard.press('j');
  assert.equal(await current(), rows[0]);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  assert.equal(await current(), rows[1]);
  await page.keyboard.press('x');
  assert.match(await page.locator('.selection-bar').innerText(), /1 selected/);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${app.url}${rows[1]}`);

  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.waitForURL(/\/feeds\/index/);
  await page.keyboard.press('c');
  await page.waitForURL(/\/feeds\/add/);
});

test('an attribute is edited with the keyboard alone', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${rich.id}`);
  await page.keyboard.press('j');
  const row = await page.locator('tr.row.current').getAttribute('id');
  await page.keyboard.press('i');
  await page.locator(`#${row}.current [role="switch"][aria-checked="false"]`).waitFor();
  await page.keyboard.press('e');
  await page.locator(`#${row} textarea[name="value"]`).waitFor();
  await page.waitForFunction(() => document.activeElement.name === 'value');
  await page.keyboard.press('Tab');
  await page.keyboard.type(' seen by keyboard');
  await page.keyboard.press('Enter');
  await page.locator(`#${row} .c-comment`).getByText('seen by keyboard').waitFor();
});
