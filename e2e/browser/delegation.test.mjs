// An event is offered on its page, decided on by the other organisation, and refused to those without the right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let taker;
let user;

const app = useServer({
  prepare: async () => {
    const { Organisation } = await app.api('POST', '/admin/organisations/add', { name: 'Neighbour' });
    const roles = await app.api('GET', '/roles/index');
    const { id } = roles.map(({ Role }) => Role).find((one) => one.name === 'Publisher');
    taker = { email: 'taker@users.example', password: 'Battery-Staple-2024' };
    await app.api('POST', '/admin/users/add', { ...taker, role_id: id, org_id: Organisation.id, change_pw: '0' });
    user = await app.user('User', 'plain@users.example');
  },
});

async function offer(info) {
  const event = await app.event({ info, distribution: '0' });
  const page = await app.visitor();
  await page.goto(`/events/view/${event.id}`);
  await page.getByRole('link', { name: 'Delegate…' }).click();
  await page.getByLabel('Organisation').selectOption({ label: 'Neighbour' });
  await page.getByLabel('Message').fill('Please publish this for us');
  await axe(page);
  await page.getByRole('button', { name: 'Offer the event' }).click();
  await page.getByText('The event is offered.').waitFor();
  await axe(page);
  await page.goto(`/events/view/${event.id}`);
  await page.getByText('This event is offered to Neighbour.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Delegate…' }).count(), 0);
  return { event, page };
}

test('an offered event is taken over with a distribution of the taker’s choice', async () => {
  const { event } = await offer('For the neighbour');
  const page = await app.visitor(taker);
  await page.goto('/');
  await page.locator('#nav').getByRole('link', { name: /Delegation 1/ }).click();
  await page.getByText('Please publish this for us').waitFor();
  await axe(page);
  await screenshot(page, 'delegations');
  await page.getByRole('link', { name: 'For the neighbour' }).click();
  await page.getByLabel('Visible to').selectOption('1');
  assert.equal(await overflows(page), false);
  await axe(page);
  await page.getByRole('button', { name: 'Take the event over' }).click();
  await page.getByText('The event is your organisation\'s now.').waitFor();
  const { Event } = await app.api('GET', `/events/view/${event.id}`);
  assert.deepEqual([Event.Orgc.name, Event.distribution], ['Neighbour', '1']);
});

test('an offer is declined', async () => {
  const { event } = await offer('Not wanted');
  const page = await app.visitor(taker);
  await page.goto('/event_delegations/index');
  await page.getByRole('link', { name: 'Not wanted' }).click();
  await page.getByRole('button', { name: 'Decline the offer' }).click();
  await page.getByText('The offer is closed.').waitFor();
  await page.getByText('No offer is open.').waitFor();
  const { Event } = await app.api('GET', `/events/view/${event.id}`);
  assert.equal(Event.distribution, '0');
});

test('who may not delegate is not offered it and is refused, and nobody else sees an offer', async () => {
  const { event, page } = await offer('Between two');
  await page.goto('/event_delegations/index?context=issued');
  const href = await page.getByRole('link', { name: 'Between two' }).getAttribute('href');
  const other = await app.visitor(user);
  await other.goto(`/events/view/${event.id}`);
  assert.equal(await other.getByRole('link', { name: 'Delegate…' }).count(), 0);
  const refused = await other.goto(`/event_delegations/delegateEvent/${event.id}`);
  assert.equal(refused.status(), 403);
  const unknown = await other.goto('/event_delegations/view/999');
  assert.equal(unknown.status(), 404);
  assert.ok(href);
});
