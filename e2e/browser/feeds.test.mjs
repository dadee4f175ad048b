// Feeds from adding to deleting, and the jobs that fetch them.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { axe, screenshot, useServer } from './harness.mjs';

const sample = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'packaging', 'sample-feed');
const lists = mkdtempSync(path.join(tmpdir(), 'sightline-lists-'));
writeFileSync(path.join(lists, 'list.txt'), '192.0.2.44\nhttp://files.example.org/a.exe\n# a remark\n');

let sampleUrl;
const app = useServer({
  prepare: async () => {
    sampleUrl = (await app.control(`serve ${sample}`)).url;
  },
});
after(() => rmSync(lists, { recursive: true }));

async function add(page, fields) {
  await page.goto('/feeds/add');
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`form.stack [name="${name}"]`);
    if ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByRole('button', { name: 'Add feed' }).click();
}

const feedRow = (page, name) => page.locator('table.feeds tbody tr').filter({ hasText: name });

test('a feed without name and address is refused beside the fields', async () => {
  const page = await app.visitor();
  await page.goto('/feeds/add');
  await page.locator('form.stack').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.locator('#provider').fill('Somebody');
  await page.getByRole('button', { name: 'Add feed' }).click();
  await page.locator('#name-error').waitFor();
  assert.equal(await page.locator('#provider').inputValue(), 'Somebody');
  await axe(page);
});

test('the form shows only what the format needs', async () => {
  const page = await app.visitor();
  await page.goto('/feeds/add');
  assert.equal(await page.locator('#tags_or').isVisible(), true);
  assert.equal(await page.locator('#csv_value').isVisible(), false);
  await page.locator('#source_format').selectOption('csv');
  assert.equal(await page.locator('#tags_or').isVisible(), false);
  assert.equal(await page.locator('#csv_value').isVisible(), true);
  await axe(page);
});

test('a MISP feed is added, previewed and fetched with progress to the end', async () => {
  const page = await app.visitor();
  await add(page, { name: 'Sample events', provider: 'Sightline', url: sampleUrl, distribution: '1' });
  await page.getByText('Feed Sample events added.').waitFor();

  await page.getByRole('link', { name: 'Sample events', exact: true }).click();
  await page.getByRole('table').waitFor();
  const total = Number((await page.locator('.pager-range').innerText()).match(/of (\d+)/)[1]);
  assert.ok(total > 20);
  assert.match(await page.locator('tbody tr').first().innerText(), /new/i);
  await page.getByPlaceholder('Title, organisation, tag, uuid').fill('Granitejaw');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(/searchall=Granitejaw/);
  assert.ok((await page.locator('tbody tr').count()) < total);
  await axe(page);
  await screenshot(page, 'feed-preview');

  // One event of it by hand.
  const first = page.locator('tbody tr').first();
  const title = await first.locator('.title').innerText();
  await first.getByRole('button', { name: /Fetch the event/ }).click();
  await page.getByRole('heading', { name: title }).waitFor();

  // And then all of it, looking on.
  await page.goto('/feeds/index');
  await feedRow(page, 'Sample events').getByRole('button', { name: 'Fetch Sample events' }).click();
  await page.waitForURL(/\/jobs\/view\/\d+/);
  await page.locator('#job-live .mark', { hasText: 'done' }).waitFor();
  assert.match(await page.locator('#job-live').innerText(), new RegExp(`${total - 1} new event`));
  await axe(page);
  await screenshot(page, 'job');
  assert.equal((await app.api('GET', '/events/index')).length, total);

  await page.goto('/feeds/index');
  assert.match(await feedRow(page, 'Sample events').innerText(), /ok/);
  await axe(page);
  await page.goto('/jobs/index?state=done');
  await page.getByRole('link', { name: 'Feed 1' }).first().waitFor();
  await axe(page);
});

test('what is here already is said in the preview', async () => {
  const page = await app.visitor();
  await page.goto('/feeds/previewIndex/1?searchall=Granitejaw');
  assert.match(await page.locator('tbody tr').first().innerText(), /^here/);
  assert.equal(await page.getByRole('button', { name: /Fetch the event/ }).count(), 0);
});

test('a freetext feed shows its values before they are fetched', async () => {
  const { url } = await app.control(`serve ${lists}`);
  const page = await app.visitor();
  await add(page, { name: 'Address list', provider: 'Somebody', url: `${url}/list.txt`, source_format: 'freetext' });
  await page.getByRole('link', { name: 'Address list', exact: true }).click();
  const shown = await page.locator('tbody').innerText();
  assert.match(shown, /192\.0\.2\.44[\s\S]*ip-dst/);
  assert.match(shown, /files\.example\.org[\s\S]*url/);
  await axe(page);
});

test('a feed that cannot be reached says so, and its job says why', async () => {
  const page = await app.visitor();
  await add(page, { name: 'Broken', provider: 'Nobody', url: `${sampleUrl}/missing` });
  await page.getByRole('link', { name: 'Broken', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Fetch all' }).click();
  await page.waitForURL(/\/jobs\/view\/\d+/);
  await page.locator('.log .problem, #job-live .mark.danger').first().waitFor();
  await axe(page);
  if (await page.getByRole('button', { name: 'Cancel job' }).isVisible()) {
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await page.getByText('The job is being cancelled.').waitFor();
  }
});

test('a feed is edited, switched off and on, and deleted', async () => {
  const page = await app.visitor();
  await add(page, { name: 'Passing', provider: 'Nobody', url: `${sampleUrl}/`, headers: 'X-Token: secret' });
  await feedRow(page, 'Passing').getByRole('link', { name: 'Edit Passing' }).click();
  assert.equal(await page.locator('#headers').inputValue(), 'X-Token: secret');
  await page.locator('#name').fill('Renamed');
  await page.locator('#tags_not').fill('tlp:red');
  await page.getByRole('button', { name: 'Save feed' }).click();
  await page.getByText('Feed saved.').waitFor();
  assert.match(await feedRow(page, 'Renamed').innerText(), /not tags tlp:red/);

  const toggle = feedRow(page, 'Renamed').getByRole('switch');
  assert.equal(await toggle.getAttribute('aria-checked'), 'true');
  await toggle.click();
  await page.getByText('Feed disabled.').waitFor();
  assert.equal(await toggle.getAttribute('aria-checked'), 'false');
  assert.equal(await feedRow(page, 'Renamed').getByRole('button', { name: 'Fetch Renamed' }).isDisabled(), true);
  await feedRow(page, 'Renamed').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Enable', exact: true }).click();
  await page.getByText('1 feed enabled.').waitFor();
  assert.equal(await toggle.getAttribute('aria-checked'), 'true');

  await feedRow(page, 'Renamed').getByRole('button', { name: 'Delete Renamed' }).click();
  await axe(page);
  await page.getByRole('button', { name: 'Delete feed' }).click();
  await page.getByText('Feed deleted.').waitFor();
  assert.equal(await feedRow(page, 'Renamed').count(), 0);
});

test('the default list is loaded, switched off', async () => {
  const page = await app.visitor();
  await page.goto('/feeds/index');
  await page.getByRole('button', { name: 'Load default list' }).click();
  await page.getByText(/\d+ feeds added, switched off/).waitFor();
  const states = await page.locator('table.feeds [role="switch"]').evaluateAll((all) => all.map((one) => one.ariaChecked));
  assert.ok(states.length > 10);
  assert.deepEqual([...new Set(states)], ['false']);
  await axe(page);
});
