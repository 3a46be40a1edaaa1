// One destination: how it stands, what it is set to, its runs, and what can be done with it.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get, patch, post, read, remove} from './api.js';
import {action, ago, badge, empty, facts, failure, mend, nextTry, progress, runHeads, runRow, steps, table, time} from './parts.js';
import {described} from './schema-form.js';
import {retrySends, retryWord} from './words.js';

export const title = (page) => page.data.destination.name;

export async function load(page) {
  const [{body: destination, etag}, runs, types] = await Promise.all([
    read(page.path(`/destinations/${page.id}`)),
    get(page.path(`/runs?destination_id=${page.id}&limit=${page.state.limit || 20}`)),
    page.data?.types ?? get(page.path('/destination-types')),
  ]);
  return {destination, etag, runs, types, type: types.data.find((one) => one.type === destination.type)};
}

export const live = (page) => (['queued', 'running'].includes(page.data.destination.state) ? 2000 : 10000);

export function view(page) {
  const {destination, runs, type} = page.data;
  const run = destination.latest_run;
  return html`
    <div class="head"><h1 tabindex="-1">${destination.name}</h1> ${badge(destination.state)}</div>
    ${run?.error && !run.resolved_by ? trouble(page, destination, run) : nothing}
    ${destination.state === 'running' ? html`<p>${progress(run)}</p>` : nothing}
    ${buttons(page, destination)}
    ${page.state.steps ? html`<section aria-labelledby="test"><h2 id="test">Test</h2>${steps(page.state.steps)}</section>` : nothing}
    <section aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      ${runs.data.length
        ? table('Runs', runHeads, runs.data.map((one) => runRow(page, one)))
        : empty('No run yet', 'A run starts by itself when a pull brings changes.')}
      ${runs.next_cursor ? html`<button type="button" class="secondary" @click=${() => more(page)}>More runs</button>` : nothing}
    </section>
    <section aria-labelledby="settings">
      <h2 id="settings">Settings</h2>
      ${facts([
        ['Type', type.name],
        ...described(type.settings, destination.settings),
        ['Delivered up to', ago(destination.last_exported_at, 'nothing yet')],
        ['Added', time(destination.created_at)],
      ])}
      <h3>Credentials</h3>
      ${facts(Object.entries(destination.credentials_set).map(([name, since]) => [type.credentials.properties[name].title, html`set ${time(since)}`]))}
    </section>`;
}

const trouble = (page, destination, run) => html`
  <article class="box bad attention">
    <h2>What went wrong</h2>
    <p>${ago(run.completed_at)}: ${failure(run.error)}</p>
    ${mend(run.error)}
    ${run.retryable ? html`${nextTry(run)}<p>${retrySends(run)}</p>` : nothing}
    ${run.retryable ? action(page, retryWord(run), async () => {
      await post(page.path(`/runs/${run.id}/retry`));
      return 'The retry is queued.';
    }) : nothing}
    <a href=${page.link('runs', run.id)}>See the run</a>
  </article>`;

function buttons(page, destination) {
  const {enabled} = destination;
  return page.mayChange
    ? html`
      <div class="buttons">
        ${enabled ? action(page, 'Run now', () => start(page, 'delta')) : nothing}
        ${action(page, 'Test', () => test(page), 'secondary')}
        <a class="button secondary" href=${page.link('destinations', page.id, 'edit')}>Edit</a>
        ${action(page, enabled ? 'Disable' : 'Enable', () => enable(page, !enabled), enabled ? 'secondary' : '')}
        ${enabled ? action(page, 'Send everything again', () => resend(page), 'secondary') : nothing}
        ${action(page, 'Delete', () => drop(page), 'contrast')}
      </div>`
    : nothing;
}

async function start(page, mode) {
  const run = await post(page.path(`/destinations/${page.id}/runs`), {mode});
  page.leave('The run is queued.', 'runs', run.id);
}

async function resend(page) {
  if (await page.ask(
    'Send everything again?',
    'A run delivers every current resource once more, whether it was delivered before or not.',
    'Send everything',
  )) {
    await start(page, 'full');
  }
}

async function test(page) {
  page.state.steps = null;
  const report = await post(page.path(`/destinations/${page.id}/test`));
  page.state.steps = report.steps;
  return report.passed ? 'The test passed.' : 'The test failed: see the step below.';
}

async function enable(page, enabled) {
  if (!enabled && !(await page.ask(
    `Disable ${page.data.destination.name}?`,
    'Its queued runs are cancelled and nothing is delivered to it until it is enabled again; then it catches up.',
    'Disable',
  ))) {
    return '';
  }
  await patch(page.path(`/destinations/${page.id}`), {enabled}, page.data.etag);
  return enabled ? 'It is enabled, and catches up.' : 'It is disabled.';
}

async function drop(page) {
  const {name} = page.data.destination;
  if (await page.ask(
    `Delete ${name}?`,
    'Its settings, credentials and the history of its runs are deleted. What was delivered stays where it is.',
    'Delete',
  )) {
    await remove(page.path(`/destinations/${page.id}`));
    page.leave(`${name} is deleted.`, 'destinations');
  }
}

function more(page) {
  page.state.limit = 200;
  page.refresh();
}
