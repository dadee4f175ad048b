// Proposals between two organisations: proposing instead of changing, deciding in place, the list; and who has seen an
// attribute when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let event;
let other;
let outsider;

/** A user of an organisation of its own, and an API key. */
async function stranger(role, name) {
  const { Organisation } = await app.api('POST', '/admin/organisations/add', { name });
  const roles = await app.api('GET', '/roles/index');
  const { id } = roles.map(({ Role }) => Role).find((one) => one.name === role);
  const email = `${name.toLowerCase()}@users.example`;
  const password = 'Battery-Staple-2024';
  const { User } = await app.api('POST', '/admin/users/add', {
    email, role_id: id, org_id: Organisation.id, password, change_pw: '0',
  });
  const { AuthKey } = await app.api('POST', `/auth_keys/add/${User.id}`, {});
  return { email, password, key: AuthKey.authkey_raw };
}

const app = useServer({
  prepare: async () => {
    event = await app.event({
      info: 'Phishing against harbour banks',
      published: true,
      Attribute: [
        { type: 'domain', value: 'login-bank.example', comment: 'first seen in a mail' },
        { type: 'ip-dst', value: '192.0.2.77' },
        { type: 'text', value: 'keep me' },
      ],
    });
    other = await stranger('Publisher', 'Neighbour');
    outsider = await stranger('Read Only', 'Reader');
  },
});

const open = async (who) => {
  const page = await app.visitor(who);
  await page.goto(`/events/view/${event.id}`);
  return page;
};
const row = (page, value) => page.locator('table.attributes tr.row', { hasText: value });
/** Makes a row the current one, as a user does without a mouse. */
async function choose(page, line) {
  for (let step = 0; step < 30; step += 1) {
    if (/\bcurrent\b/.test((await line.getAttribute('class')) ?? '')) return;
    await page.keyboard.press('j');
  }
  assert.fail('the row was not reached with j');
}
const said = (page, words) => page.locator('#announcements').getByText(words).waitFor();
const proposals = () => app.api('GET', `/shadow_attributes/index/${event.id}`);

test('who may not change an event proposes on its page', async () => {
  const page = await open(other);
  assert.equal(await page.getByRole('button', { name: 'Add attribute' }).count(), 0);
  await page.keyboard.press('a');
  const dialog = page.locator('dialog[open]');
  await dialog.locator('select[name="type"]').selectOption('ip-dst');
  await dialog.locator('textarea[name="value"]').fill('not an address');
  await dialog.getByRole('button', { name: 'Propose' }).click();
  await dialog.getByRole('alert').waitFor();
  await axe(page);
  await dialog.locator('textarea[name="value"]').fill('203.0.113.9');
  await dialog.getByRole('button', { name: 'Propose' }).click();
  await page.getByText('Attribute proposed.').waitFor();
  await page.getByRole('heading', { name: /Proposed attributes/ }).waitFor();

  const line = row(page, 'login-bank.example');
  await line.getByRole('button', { name: 'Propose a change' }).click();
  await page.locator('.editing [name="comment"]').fill('a copy of the real page');
  await page.locator('.editing').getByRole('button', { name: 'Propose' }).click();
  await said(page, 'Change proposed.');
  assert.match(await row(page, 'login-bank.example').locator('.proposal').innerText(), /Neighbour.*comment → a copy/s);

  await row(page, '192.0.2.77').getByRole('button', { name: 'Propose to delete' }).click();
  await page.locator('dialog[open]').getByRole('button', { name: 'Propose' }).click();
  await said(page, 'Deletion proposed.');
  await axe(page);
  const made = (await proposals()).map(({ ShadowAttribute }) => ShadowAttribute);
  assert.deepEqual(made.map((one) => [one.value, one.comment, one.proposal_to_delete]), [
    ['203.0.113.9', '', false],
    ['login-bank.example', 'a copy of the real page', false],
    ['192.0.2.77', '', true],
  ]);
  assert.equal(await page.getByRole('button', { name: 'Accept the proposal' }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Discard the proposal' }).count(), 3, 'the author may withdraw');
});

test('the list shows what waits, to everybody who sees the event', async () => {
  const page = await app.visitor(outsider);
  await page.goto('/shadow_attributes/index');
  assert.equal(await page.locator('table.proposals tbody tr').count(), 3);
  assert.equal(await page.locator('table.proposals button[data-row-key="+"]').count(), 0);
  await axe(page);
  await page.goto('/events/index?hasproposal=1');
  await page.getByRole('link', { name: '3 proposals' }).click();
  await page.waitForURL(/shadow_attributes\/index\?event=/);
  await page.getByPlaceholder('Part of the value or comment').fill('real page');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('1 proposal to change events').waitFor();
});

test('a reader can neither propose nor decide', async () => {
  const page = await open(outsider);
  assert.equal(await page.getByRole('button', { name: /Propose|Accept|Discard/ }).count(), 0);
  const [{ ShadowAttribute }] = await proposals();
  const status = await page.evaluate(async (id) => {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const answer = await fetch(`/shadow_attributes/accept/${id}`, { method: 'POST', headers: { 'X-CSRF-Token': token } });
    return answer.status;
  }, ShadowAttribute.id);
  assert.equal(status, 403);
  assert.equal((await proposals()).length, 3);
});

test('the owner decides in place, with the keyboard', async () => {
  const page = await open();
  await screenshot(page, 'proposals-event', { fullPage: true });
  assert.equal(await overflows(page), false);
  await choose(page, row(page, 'login-bank.example'));
  await page.keyboard.press('+');
  await said(page, 'Proposal accepted.');
  await row(page, 'login-bank.example').locator('.c-comment', { hasText: 'a copy of the real page' }).waitFor();
  assert.equal(await row(page, 'login-bank.example').locator('.proposal').count(), 0);

  await choose(page, row(page, '192.0.2.77'));
  await page.keyboard.press('-');
  await said(page, 'Proposal discarded.');
  assert.equal(await row(page, '192.0.2.77').locator('.proposal').count(), 0);

  await page.reload();
  await choose(page, page.locator('table.proposals tbody tr'));
  await page.keyboard.press('+');
  await page.getByText('Proposal accepted.').first().waitFor();
  await row(page, '203.0.113.9').waitFor();
  const { Event } = await app.api('GET', `/events/view/${event.id}`);
  assert.ok(Event.Attribute.some(({ value }) => value === '203.0.113.9'));
  assert.deepEqual(await proposals(), []);
});

test('the list of proposals is decided on as well', async () => {
  await app.api('POST', `/shadow_attributes/add/${event.id}`, { type: 'text', value: 'from the list' }, other.key);
  const page = await app.visitor();
  await page.goto('/shadow_attributes/index');
  await screenshot(page, 'proposals');
  await page.keyboard.press('j');
  await page.keyboard.press('-');
  await page.getByText('Proposal discarded.').first().waitFor();
  await page.getByText('No proposal to show.').waitFor();
  await page.locator('select[name="deleted"]').selectOption('1');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('from the list').waitFor();
});

test('who has seen an attribute, when and from where', async () => {
  const { id } = event.Attribute.find(({ value }) => value === 'keep me');
  for (const [type, source] of [['0', 'proxy'], ['0', 'mail gateway'], ['1', 'analyst']]) {
    await app.api('POST', `/sightings/add/${id}`, { type, source });
  }
  const page = await open();
  await choose(page, row(page, 'keep me'));
  await page.keyboard.press('l');
  await page.waitForURL(/listSightings/);
  assert.equal(await page.locator('table.sighting-list tbody tr').count(), 3);
  assert.ok((await page.locator('.timeline rect').count()) >= 2);
  await axe(page);
  await page.locator('select[name="type"]').selectOption('2');
  await page.locator('input[name="source"]').fill('policy');
  await page.locator('input[name="date"]').fill('2030-01-01');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Expiration noted.').waitFor();
  assert.match(await page.locator('table.sighting-list tbody tr').first().innerText(), /Expires.*policy/s);
  await screenshot(page, 'sightings');
  await page.locator('table.sighting-list tbody tr').first().getByRole('button', { name: 'Delete this sighting' }).click();
  await page.getByText('Sighting deleted.').waitFor();
  assert.equal(await page.locator('table.sighting-list tbody tr').count(), 3);
});

test('whose sightings are not shown are not counted either', async () => {
  const { id } = event.Attribute.find(({ value }) => value === 'keep me');
  const page = await app.visitor(outsider);
  await page.goto(`/sightings/listSightings/${id}/attribute`);
  await page.getByText('No sighting to show.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Add' }).count(), 0);
  const hidden = await app.event({ distribution: '0', Attribute: [{ type: 'text', value: 'hidden' }] });
  const answer = await page.goto(`/sightings/listSightings/${hidden.Attribute[0].id}/attribute`);
  assert.equal(answer.status(), 404);
});
