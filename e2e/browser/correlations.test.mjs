// Correlation: what is shared most, what never correlates, which events are kept apart.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { axe, screenshot, useServer } from './harness.mjs';

const shared = 'shared.example';
let events;
let orgAdmin;
const app = useServer({
  prepare: async () => {
    events = [];
    for (const info of ['First case', 'Second case', 'Third case']) {
      events.push(await app.event({ info, Attribute: [{ type: 'domain', value: shared }] }));
    }
    const { Organisation } = await app.api('POST', '/admin/organisations/add', { name: 'Elsewhere' });
    orgAdmin = { email: 'chief@elsewhere.example', password: 'Battery-Staple-2024' };
    await app.api('POST', '/admin/users/add', { ...orgAdmin, role_id: '2', org_id: Organisation.id, change_pw: '0' });
  },
});

const related = async (page, event) => {
  await page.goto(`/events/view/${event.id}`);
  return page.locator('section.related li a').allInnerTexts();
};

test('what is shared most is counted, and excluded from there', async () => {
  const page = await app.visitor();
  assert.equal((await related(page, events[0])).length, 2);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Correlation' }).click();
  await page.getByText('No value is listed.').waitFor();
  await axe(page);
  await page.keyboard.press('c');
  await page.waitForURL(/\/jobs\/view\//);
  await page.getByText(/1 values that several events share/).waitFor();
  await page.goto('/correlations/top');
  const row = page.getByRole('row').filter({ hasText: shared });
  assert.match(await row.innerText(), /3\s+3\s+yes/);
  await axe(page);
  await screenshot(page, 'correlations-top');
  await row.getByRole('link', { name: `Exclude ${shared}` }).click();
  await page.getByLabel('Comment').fill('Seen everywhere');
  await page.getByRole('button', { name: 'Exclude', exact: true }).click();
  await page.getByText('Value excluded.').waitFor();
  await page.getByRole('row').filter({ hasText: 'Seen everywhere' }).waitFor();
  await axe(page);
  await screenshot(page, 'correlation-exclusions');
  assert.deepEqual(await related(page, events[0]), []);

  await page.goto('/correlation_exclusions/add');
  await page.getByLabel('Value').fill('%');
  await page.getByRole('button', { name: 'Exclude', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'a lone % would exclude everything' }).waitFor();
  await axe(page);

  await page.goto('/correlation_exclusions/index');
  await page.getByRole('link', { name: shared }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Remove exclusion' }).click();
  await page.getByText('No value is excluded.').waitFor();
  assert.equal((await related(page, events[0])).length, 2);
});

test('a rule keeps events apart', async () => {
  const page = await app.visitor();
  await page.goto('/correlation_rules/index');
  await page.keyboard.press('c');
  await page.waitForURL(/\/add$/);
  await page.getByLabel('Name').fill('One source');
  await page.getByLabel('Events belong to the group by').selectOption('event_info');
  await page.getByLabel('Entries').fill('First case\nsecond%');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await page.getByText('Rule added.').waitFor();
  await axe(page);
  await screenshot(page, 'correlation-rules');
  assert.deepEqual(await related(page, events[0]), ['Third case']);
  await page.goto('/correlation_rules/index');
  await page.getByRole('link', { name: 'One source' }).click();
  await page.getByLabel('Events belong to the group by').selectOption('event_id');
  await page.getByRole('button', { name: 'Save rule' }).click();
  await page.getByRole('alert').filter({ hasText: 'The list has to hold ids.' }).waitFor();
  await axe(page);
  await screenshot(page, 'correlation-rule-refused');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Remove rule' }).click();
  await page.getByText('There are no rules.').waitFor();
});

test('the pages are for site administrators', async () => {
  const page = await app.visitor(orgAdmin);
  for (const path of ['/correlations/top', '/correlations/overCorrelations', '/correlation_exclusions/index', '/correlation_exclusions/add',
    '/correlation_rules/index', '/correlation_rules/add']) {
    assert.equal((await page.goto(path)).status(), 403, path);
  }
  await page.goto('/events/index');
  assert.equal(await page.getByRole('link', { name: 'Correlation', exact: true }).count(), 0);
});

test('feeds that know a value are named on its row and compared with each other', async () => {
  const lists = mkdtempSync(path.join(tmpdir(), 'sightline-overlap-'));
  after(() => rmSync(lists, { recursive: true }));
  writeFileSync(path.join(lists, 'one.txt'), '198.51.100.90\n198.51.100.91\n');
  writeFileSync(path.join(lists, 'two.txt'), '198.51.100.90\n');
  const { url } = await app.control(`serve ${lists}`);
  const page = await app.visitor();
  await page.goto('/feeds/compareFeeds');
  await page.getByText('No feed is cached.').waitFor();
  for (const name of ['one', 'two']) {
    await app.api('POST', '/feeds/add', { name: `List ${name}`, provider: 'Somebody', url: `${url}/${name}.txt`, source_format: 'freetext', caching_enabled: '1' });
  }
  await page.getByRole('button', { name: 'Cache feeds now' }).click();
  await page.getByText('Feeds are being cached.').waitFor();
  const jobs = async () => (await app.api('GET', '/jobs/index')).map(({ Job }) => Job.status);
  while ((await jobs()).some((status) => !['3', '4'].includes(status)));
  await page.goto('/feeds/compareFeeds');
  const row = page.getByRole('row').filter({ hasText: 'List one' });
  await row.getByRole('cell', { name: '50 %' }).waitFor();
  await axe(page);
  await screenshot(page, 'feeds-overlap');
  const known = await app.event({ info: 'Known to feeds', Attribute: [{ type: 'ip-dst', value: '198.51.100.90' }] });
  await page.goto(`/events/view/${known.id}`);
  const attribute = page.getByRole('row').filter({ hasText: '198.51.100.90' });
  await attribute.getByText('List one').waitFor();
  await attribute.getByText('List two').waitFor();
  await axe(page);
  await screenshot(page, 'feed-hits');
  const stranger = await app.visitor(orgAdmin);
  assert.equal((await stranger.goto('/feeds/compareFeeds')).status(), 403);
});

test('what an event shares is drawn, and leads on', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${events[0].id}`);
  await page.getByRole('link', { name: 'As a graph' }).click();
  await page.getByRole('link', { name: `domain ${shared}` }).waitFor();
  assert.equal(await page.locator('svg.graph .graph-line').count(), 2);
  await axe(page);
  await screenshot(page, 'event-graph');
  await page.getByRole('link', { name: new RegExp(`^Event ${events[1].id}, Second case`) }).click();
  await page.getByRole('heading', { name: `Correlation of event ${events[1].id}` }).waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  await axe(page);
  const hidden = await app.event({ info: 'Not for everybody', distribution: '0', Attribute: [{ type: 'domain', value: shared }] });
  const stranger = await app.visitor(orgAdmin);
  assert.equal((await stranger.goto(`/events/graph/${hidden.id}`)).status(), 404);
});
