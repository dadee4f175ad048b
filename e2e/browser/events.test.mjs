// The event index with its filters, and the form for a new event.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

const app = useServer({ prepare });
const TOTAL = 67;

async function prepare() {
  const tag = await app.api('POST', '/tags/add', { name: 'tlp:green', colour: '#33ff00' });
  for (let n = 1; n <= TOTAL; n += 1) {
    await app.event({
      info: `Case number ${n}`,
      date: `2026-${String((n % 12) + 1).padStart(2, '0')}-15`,
      threat_level_id: String((n % 4) + 1),
      analysis: String(n % 3),
      published: n % 2 === 0,
      Attribute: n <= 3 || n % 2 === 0 ? [{ type: 'domain', value: `host-${n}.example` }] : [],
      Tag: n <= 5 ? [{ name: tag.Tag.name }] : [],
    });
  }
}

const rows = (page) => page.locator('table.events tbody tr');
const titles = (page) => page.locator('table.events .title').allInnerTexts();
const total = async (page) => Number((await page.locator('.page-head .lede').innerText()).match(/^[\d,]+/)[0].replace(',', ''));

test('the index tells the true total and pages through all of it', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  assert.equal(await total(page), TOTAL);
  const seen = await titles(page);
  assert.match(await page.locator('.pager-range').innerText(), new RegExp(`^1–${seen.length} of ${TOTAL}$`));
  await page.getByRole('link', { name: 'Next', exact: true }).click();
  await page.waitForURL(/page=2/);
  seen.push(...(await titles(page)));
  assert.equal(new Set(seen).size, TOTAL);
  await axe(page);
});

test('all columns fit, the less important ones only where there is room', async () => {
  const page = await app.visitor({ viewport: { width: 1440, height: 900 } });
  await page.goto('/events/index');
  for (const width of [1440, 1200, 1000, 800]) {
    await page.setViewportSize({ width, height: 900 });
    const cut = await page.locator('.table-scroll').evaluate((box) => box.scrollWidth - box.clientWidth);
    assert.ok(cut <= 0, `${cut} pixels of the table are out of sight at ${width} px`);
    assert.equal(await overflows(page), false);
    assert.equal(await page.getByRole('columnheader', { name: 'Visible to' }).isVisible(), width >= 1100);
  }
});

test('filters narrow the list, show as chips and can be taken away one by one', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  await page.locator('form[data-filters] select[name="published"]').selectOption('1');
  await page.waitForURL(/published=1/);
  assert.equal(await total(page), Math.floor(TOTAL / 2));
  await page.locator('form[data-filters] select[name="threatlevel"]').selectOption('1');
  await page.waitForURL(/threatlevel=1/);
  assert.equal(await total(page), 16);
  assert.equal(await page.locator('form[data-filters] select[name="threatlevel"]').inputValue(), '1');
  const chips = page.locator('.chips .chip');
  assert.deepEqual((await chips.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()), ['Published yes ×', 'Threat level High ×']);
  await axe(page);
  await screenshot(page, 'events-filtered');
  await chips.filter({ hasText: 'Published' }).click();
  await page.waitForURL((url) => !url.searchParams.has('published'));
  assert.equal(await total(page), 16);
  await page.getByRole('link', { name: 'Clear all' }).click();
  await page.waitForURL((url) => url.search === '');
  assert.equal(await total(page), TOTAL);
});

test('tag, creator, dates and analysis filter too', async () => {
  const page = await app.visitor();
  for (const [query, expected] of [
    ['tag=tlp%3Agreen', 5],
    ['org=SIGHTLINE+TEST', TOTAL],
    ['org=nobody', 0],
    ['from=2026-12-01&until=2026-12-31', 5],
    ['analysis=2', 22],
    ['distribution=1', TOTAL],
  ]) {
    await page.goto(`/events/index?${query}`);
    assert.equal(await total(page), expected, query);
  }
  await page.goto('/events/index');
  await page.goto('/events/index?sort=id&direction=asc');
  await rows(page).first().locator('.tag-link').first().click();
  await page.waitForURL(/tag=tlp/);
  assert.equal(await total(page), 5);
});

test('a column sorts the list, and again the other way', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  await page.getByRole('columnheader', { name: /^Event/ }).getByRole('link').click();
  await page.waitForURL(/sort=info/);
  const up = await titles(page);
  assert.deepEqual(up, up.toSorted());
  assert.equal(await page.getByRole('columnheader', { name: /^Event/ }).getAttribute('aria-sort'), 'ascending');
  await page.getByRole('columnheader', { name: /^Event/ }).getByRole('link').click();
  await page.waitForURL(/direction=desc/);
  const down = await titles(page);
  assert.deepEqual(down, down.toSorted().toReversed());
});

test('a new event is refused beside the field, then saved', async () => {
  const page = await app.visitor();
  await page.goto('/events/add');
  // Past the browser's own check, to see the server's.
  await page.locator('form.stack').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.getByRole('button', { name: 'Add event' }).click();
  await page.locator('#info-error').waitFor();
  assert.equal(await page.locator('#info').getAttribute('aria-invalid'), 'true');
  await axe(page);

  await page.locator('#info').fill('Phishing of the accounts department');
  await page.locator('#date').fill('2026-03-09');
  await page.locator('#threat_level_id').selectOption({ label: 'Medium' });
  await page.locator('#analysis').selectOption({ label: 'Ongoing' });
  await page.locator('#distribution').selectOption('0');
  await page.getByRole('button', { name: 'Add event' }).click();
  await page.waitForURL(/\/events\/view\/\d+/);
  await page.getByText('Event added.').waitFor();
  const id = page.url().match(/\d+$/)[0];
  const { Event } = await app.api('GET', `/events/view/${id}`);
  assert.deepEqual(
    [Event.info, Event.date, Event.threat_level_id, Event.analysis, Event.distribution, Event.published],
    ['Phishing of the accounts department', '2026-03-09', '2', '1', '0', false],
  );

  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.locator('#info').fill('Phishing of the whole finance division');
  await page.getByRole('button', { name: 'Save event' }).click();
  await page.getByRole('heading', { name: 'Phishing of the whole finance division' }).waitFor();
});

test('ticked events are deleted together', async () => {
  const doomed = [await app.event({ info: 'Doomed one' }), await app.event({ info: 'Doomed two' })];
  const page = await app.visitor();
  await page.goto('/events/index?all=Doomed');
  for (const { id } of doomed) await page.getByRole('checkbox', { name: `Select event ${id}` }).check();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await axe(page);
  await page.getByRole('button', { name: 'Delete events' }).click();
  await page.getByText('2 events deleted.').waitFor();
  await page.goto('/events/index?all=Doomed');
  assert.equal(await total(page), 0);
});
